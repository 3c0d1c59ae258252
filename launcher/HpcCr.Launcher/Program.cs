using CommandLine;
using HpcCr.Core;
using HpcCr.Launcher;

// The launcher of a node: see LauncherHost.
using var parser = new Parser(settings =>
{
    settings.AllowMultiInstance = true;
    settings.HelpWriter = Console.Error;
});
return await parser.ParseArguments<LauncherArguments>(args).MapResult(LauncherProgram.RunAsync, _ => Task.FromResult(ExitCodes.Of(FailureKind.Usage)));
