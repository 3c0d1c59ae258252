using HpcCr.Cli.Slurm;

namespace HpcCr.Cli.Tests.Slurm;

public sealed class SlurmTermsTests
{
    private const string Job = "JobId=12 JobName=a.sh UserId=alice(7001) JobState=RUNNING Reason=None Requeue=1 Restarts=0 TimeLimit=00:10:00 EndTime=2026-11-28T13:04:18 Partition=low Comment=hpccr: newest epoch 3";
    private const string Partition = "PartitionName=low AllowGroups=ALL GraceTime=20 PreemptMode=REQUEUE";
    private const string Cluster = "Configuration data as of 2026-11-28T13:00:00\nKillWait                = 5 sec\nPreemptType             = preempt/partition_prio\n";

    [Fact]
    public void Of_WhatSlurmSays_IsUnderstood()
    {
        var terms = Of();

        Assert.Equal(new DateTimeOffset(new DateTime(2026, 11, 28, 13, 4, 18, DateTimeKind.Local)), terms.End);
        Assert.True(terms.MayBeRequeued);
        Assert.Equal("low", terms.Partition);
        Assert.Equal(TimeSpan.FromSeconds(20), terms.PreemptionGrace);
    }

    [Fact]
    public void Of_AJobWithoutEnd_HasNone()
    {
        var terms = Of(job: Job.Replace("00:10:00", "UNLIMITED", StringComparison.Ordinal).Replace("Requeue=1", "Requeue=0", StringComparison.Ordinal));

        Assert.Null(terms.End);
        Assert.False(terms.MayBeRequeued);
    }

    [Fact]
    public void Of_APartitionThatGivesNoTime_HasAGraceOfNothing() =>
        Assert.Equal(TimeSpan.Zero, Of(partition: Partition.Replace("GraceTime=20", "GraceTime=0", StringComparison.Ordinal)).PreemptionGrace);

    [Fact]
    public void Of_APartitionThatIsNotPreempted_HasNoGrace() =>
        Assert.Null(Of(partition: Partition.Replace("PreemptMode=REQUEUE", "PreemptMode=OFF", StringComparison.Ordinal)).PreemptionGrace);

    [Fact]
    public void Of_AClusterWithoutPreemption_HasNoGrace() =>
        Assert.Null(Of(cluster: Cluster.Replace("preempt/partition_prio", "preempt/none", StringComparison.Ordinal)).PreemptionGrace);

    [Theory]
    [InlineData("2(x3),1", new uint[] { 2, 2, 2, 1 })]
    [InlineData("4", new uint[] { 4 })]
    [InlineData("2(x", new uint[0])]
    [InlineData("", new uint[0])]
    public void Counts_OfSlurmsShortForm_AreOnePerNode(string text, uint[] expected) => Assert.Equal(expected, Allocation.Counts(text));

    [Fact]
    public void StopAt_IsBeforeTheEnd_OrAfterHalfOfAShortTime()
    {
        var now = DateTimeOffset.UnixEpoch;

        Assert.Equal(now.AddSeconds(540), LimitWatch.StopAt(now, now.AddSeconds(600), TimeSpan.FromSeconds(60)));
        Assert.Equal(now.AddSeconds(20), LimitWatch.StopAt(now, now.AddSeconds(40), TimeSpan.FromSeconds(60)));
    }

    private static SlurmTerms Of(string job = Job, string partition = Partition, string cluster = Cluster) =>
        SlurmTerms.Of(Scontrol.Fields(job), Scontrol.Fields(partition), Scontrol.Settings(cluster));
}
