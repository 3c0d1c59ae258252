using CommandLine;
using HpcCr.Faults;

// Every fault in every phase: see docs/reliability.md.
return await Parser.Default.ParseArguments<FaultsArguments>(args).MapResult(FaultMatrix.RunAsync, _ => Task.FromResult(2));
