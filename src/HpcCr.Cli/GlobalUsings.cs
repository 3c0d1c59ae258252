global using HpcCr.Core;
// The words of the core are meant here, not the wire's of the same name.
global using FailureKind = HpcCr.Core.FailureKind;
global using JobSpec = HpcCr.Core.JobSpec;
global using JobState = HpcCr.Core.JobState;
