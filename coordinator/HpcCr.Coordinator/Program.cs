using CommandLine;
using HpcCr.Coordinator;
using HpcCr.Core;

// The coordinator: see CoordinatorHost.
return await Parser.Default.ParseArguments<CoordinatorArguments>(args).MapResult(CoordinatorProgram.RunAsync, _ => Task.FromResult(ExitCodes.Of(FailureKind.Usage)));
