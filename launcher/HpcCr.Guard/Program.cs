using HpcCr.Guard;

// One small native program in five roles, chosen like busybox by its name or first word:
//   hpccr-guard serve FOLDER   the guard of one job on one node
//   hpccr-guard enter FILE     a process on its way into a sandbox; becomes the job's
//   hpccr-guard init FILE      pid 1 of the namespaces that an attached tree is restored into
//   hpccr-guard plugin FILE    a plugin's process on its way to its program
//   hpccr-agent HOST CMD...    the remote-start agent that mpirun and mpiexec call in place of ssh
var arguments = Environment.GetCommandLineArgs();
return (Path.GetFileName(arguments[0]), arguments) switch
{
    ("hpccr-agent", _) => await RemoteStartAgent.RunAsync(arguments[1..]),
    (_, [_, "serve", var folder]) => await GuardServer.RunAsync(folder),
    (_, [_, "enter", var file]) => SandboxEntrance.Enter(file),
    (_, [_, "init", var file]) => InitEntrance.Enter(file),
    (_, [_, "plugin", var file]) => PluginEntrance.Enter(file),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("hpccr-guard: started by hpccr-launcher, not by hand. See `hpccr run --help`.");
    return 2;
}
