using CommandLine;
using HpcCr.Core;
using HpcCr.Launcher;

// The launcher of a node: see LauncherHost.
return await Parser.Default.ParseArguments<LauncherArguments>(args).MapResult(LauncherProgram.RunAsync, _ => Task.FromResult(ExitCodes.Of(FailureKind.Usage)));
