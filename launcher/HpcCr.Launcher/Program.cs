using CommandLine;
using HpcCr.Core;
using HpcCr.Launcher;

// The launcher of a node: see LauncherHost.
return await LauncherArguments.Parse(args).MapResult(LauncherProgram.RunAsync, _ => Task.FromResult(ExitCodes.Of(FailureKind.Usage)));
