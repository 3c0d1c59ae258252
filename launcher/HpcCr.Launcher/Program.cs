using CommandLine;
using HpcCr.Core;
using HpcCr.Launcher;

// The launcher of a node: see LauncherHost. Or the host of one plugin in .NET, whose process a launcher has started.
if (args is [PluginHostProgram.Verb, var name, var assembly])
    return await PluginHostProgram.RunAsync(name, assembly);
return await LauncherArguments.Parse(args).MapResult(LauncherProgram.RunAsync, _ => Task.FromResult(ExitCodes.Of(FailureKind.Usage)));
