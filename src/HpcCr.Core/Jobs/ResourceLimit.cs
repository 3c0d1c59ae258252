namespace HpcCr.Core;

/// <summary>One resource limit of a process.</summary>
/// <param name="Resource">The kernel's number of the resource (RLIMIT_*).</param>
/// <param name="Soft">The soft limit in the resource's own unit; <see cref="ulong.MaxValue"/> is unlimited.</param>
/// <param name="Hard">The hard limit, likewise.</param>
public sealed record ResourceLimit(int Resource, ulong Soft, ulong Hard);
