using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>A job of two nodes that is preempted goes on on the other two: Slurm tells only its steps, which is what it does by itself.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5010_Preemption(CgroupCluster cluster) : SlurmTest(cluster)
{
    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public Task APreemptedJob_GoesOnOnOtherNodes(string family) => Preemptions.AssertGoesOnElsewhereAsync(Cluster, [], Stencil(family), ResultOfAsync(family));
}

/// <summary>The same where Slurm sends the signal that the job has asked for to its batch script.</summary>
[Collection(LinuxprocCluster.Name)]
public sealed class T5011_PreemptionBySignal(LinuxprocCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public Task APreemptedJob_GoesOnOnOtherNodes() =>
        Preemptions.AssertGoesOnElsewhereAsync(Cluster, ["--signal=B:USR1@60"], Stencil("openmpi"), ResultOfAsync("openmpi"));
}
