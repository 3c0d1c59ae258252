namespace HpcCr.Core;

/// <summary>Threads of the job that were bound to processors, which the engine does not put back.</summary>
/// <param name="Processors">As the kernel lists them: <c>0-3,8</c>.</param>
/// <param name="Threads">The threads, as numbered inside the sandbox.</param>
public sealed record ProcessorBinding(string Processors, IReadOnlyList<int> Threads);
