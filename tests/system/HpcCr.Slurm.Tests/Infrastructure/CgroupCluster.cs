namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>
/// Slurm keeps its processes in cgroups and to the cores and the memory that they were given, and tells only steps of a preemption, as it does by
/// itself. Nodes have the two cores that every machine has.
/// </summary>
public sealed class CgroupCluster() : SlurmCluster(new Dictionary<string, string?> { ["PROCTRACK"] = "cgroup", ["CONSTRAIN"] = "yes", ["CPUS"] = "2" })
{
    /// <summary>The collection's name.</summary>
    public const string Name = "proctrack/cgroup";
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(CgroupCluster.Name)]
public sealed class CgroupTests : ICollectionFixture<CgroupCluster>;
