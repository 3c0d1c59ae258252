using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>Jobs of two nodes that are preempted go on on the other two: Slurm tells only their steps, which is what it does by itself.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5010_Preemption(CgroupCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public Task PreemptedJobs_GoOnOnOtherNodes() => Preemptions.AssertGoOnElsewhereAsync(Cluster);
}

/// <summary>The same where Slurm sends the signal that the job has asked for to its batch script.</summary>
[Collection(LinuxprocCluster.Name)]
public sealed class T5011_PreemptionBySignal(LinuxprocCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public Task PreemptedJobs_GoOnOnOtherNodes() => Preemptions.AssertGoOnElsewhereAsync(Cluster);
}
