namespace HpcCr.Core;

/// <summary>No job gets more than the process that asked for it had.</summary>
public static class LimitCeiling
{
    /// <summary>Lowers limits to a ceiling.</summary>
    /// <param name="asked">What is asked for; nothing about a resource means the ceiling's own limits.</param>
    /// <param name="ceiling">The caller's limits, one for each resource that the kernel knows.</param>
    /// <returns>One for each resource of the ceiling.</returns>
    public static IReadOnlyList<ResourceLimit> Apply(IReadOnlyList<ResourceLimit> asked, IReadOnlyList<ResourceLimit> ceiling) =>
        [.. ceiling.Select(own => asked.LastOrDefault(limit => limit.Resource == own.Resource) is { } wanted ? Lower(wanted, own) : own)];

    private static ResourceLimit Lower(ResourceLimit wanted, ResourceLimit own)
    {
        var hard = Math.Min(wanted.Hard, own.Hard);
        return new ResourceLimit(own.Resource, Math.Min(wanted.Soft, hard), hard);
    }
}
