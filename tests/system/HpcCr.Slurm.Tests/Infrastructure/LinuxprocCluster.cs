namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>Slurm knows its processes by their parents, and sends a preempted job the signal that it has asked for.</summary>
public sealed class LinuxprocCluster() : SlurmCluster(new Dictionary<string, string?>
{
    ["PROCTRACK"] = "linuxproc",
    ["EXTRA_CONF"] = "SlurmctldParameters=preempt_send_user_signal",
})
{
    /// <summary>The collection's name.</summary>
    public const string Name = "proctrack/linuxproc";
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(LinuxprocCluster.Name)]
public sealed class LinuxprocTests : ICollectionFixture<LinuxprocCluster>;
