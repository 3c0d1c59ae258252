namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>Slurm keeps its processes in cgroups, and tells only steps of a preemption, as it does by itself.</summary>
public sealed class CgroupCluster() : SlurmCluster(new Dictionary<string, string?> { ["PROCTRACK"] = "cgroup" })
{
    /// <summary>The collection's name.</summary>
    public const string Name = "proctrack/cgroup";
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(CgroupCluster.Name)]
public sealed class CgroupTests : ICollectionFixture<CgroupCluster>;
