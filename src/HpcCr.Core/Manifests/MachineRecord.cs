namespace HpcCr.Core;

/// <summary>What a node's machine was when the epoch was made: programs remember it in their memory, so a restart needs no less.</summary>
/// <param name="Kernel">The kernel's release, such as <c>6.1.0-18-amd64</c>.</param>
/// <param name="ProcessorFlags">What its processors can do, as Linux names it: <c>avx2</c>, <c>sse4_2</c>.</param>
/// <param name="XsaveBytes">How large the registers of a thread are, in bytes; 0 when the processor does not tell.</param>
public sealed record MachineRecord(string Kernel, IReadOnlyList<string> ProcessorFlags, int XsaveBytes);
