namespace HpcCr.Core;

/// <summary>The addresses that a job's sandboxes had between two restarts.</summary>
/// <param name="OfSandboxes">The addresses of each sandbox, in the order of <see cref="JobSpec.Nodes"/>.</param>
public sealed record AddressGeneration(IReadOnlyList<IReadOnlyList<string>> OfSandboxes);
