using HpcCr.Core;

namespace HpcCr.Launcher.Tests;

public sealed class FolderClaimTests
{
    private static readonly JobRecord Ours = new() { Job = "stencil", State = JobState.Running, Nodes = ["node3"], Owner = "a-1", Incarnation = 20 };
    private static readonly JobRecord Theirs = Ours with { Owner = "b-2", Incarnation = 10, Nodes = ["node1", "node2"] };

    [Fact]
    public void Claim_OfAFolderThatIsNobodys_Succeeds() => Assert.Null(Of(fresh: true).FaultOf("/ckpt/stencil", null, hasEpochs: false));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Claim_OfAJobThatRunsUnderAnotherCoordinator_IsRefused_AlsoWhereNodesHaveTheSameNames(bool fresh) =>
        Assert.Contains("runs under another coordinator (b-2), on node1, node2", Of(fresh, idle: ["node1", "node2"]).FaultOf("/ckpt/stencil", Theirs, hasEpochs: true)!.Message, StringComparison.Ordinal);

    [Fact]
    public void Claim_WithForce_TakesItFromAnotherCoordinator() => Assert.Null(Of(fresh: false, force: true).FaultOf("/ckpt/stencil", Theirs, hasEpochs: true));

    [Fact]
    public void Claim_OfALifeThatIsOlder_IsRefused() =>
        Assert.Contains("later life", Of(fresh: false).FaultOf("/ckpt/stencil", Ours with { Incarnation = 21, State = JobState.Exited }, hasEpochs: true)!.Message, StringComparison.Ordinal);

    [Fact]
    public void Claim_OfOurOwnLostJob_WhoseEndWeKnow_Succeeds() =>
        Assert.Null(Of(fresh: false, known: 10).FaultOf("/ckpt/stencil", Theirs with { Owner = "a-1" }, hasEpochs: true));

    [Fact]
    public void Claim_AfterALostJournal_NeedsThatTheNodesAnswer()
    {
        var lost = Theirs with { Owner = "a-1" };

        Assert.Null(Of(fresh: false, idle: ["node1", "node2"]).FaultOf("/ckpt/stencil", lost, hasEpochs: true));
        Assert.Contains("ran on node2", Of(fresh: false, idle: ["node1"]).FaultOf("/ckpt/stencil", lost, hasEpochs: true)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Claim_ForAFreshJob_DoesNotTakeTheCheckpointsOfAnEarlierOne()
    {
        var ended = Theirs with { State = JobState.Exited };

        var fault = Of(fresh: true).FaultOf("/ckpt/stencil", ended, hasEpochs: true)!;
        Assert.Contains("holds checkpoints of an earlier job", fault.Message, StringComparison.Ordinal);
        Assert.Contains("hpccr rm stencil", fault.Next, StringComparison.Ordinal);
        Assert.Null(Of(fresh: true).FaultOf("/ckpt/stencil", ended, hasEpochs: false));
        Assert.NotNull(Of(fresh: true).FaultOf("/ckpt/stencil", null, hasEpochs: true));
    }

    [Fact]
    public void Claim_OfTheSameSlurmJob_GoesOnWithWhatItHas()
    {
        var requeued = new FolderClaim(Ours with { SlurmJob = 7 }, Fresh: true, Known: null, Force: false, new HashSet<string>());

        Assert.Null(requeued.FaultOf("/ckpt/stencil", Theirs with { State = JobState.Stopped, SlurmJob = 7 }, hasEpochs: true));
        Assert.NotNull(requeued.FaultOf("/ckpt/stencil", Theirs with { State = JobState.Stopped, SlurmJob = 8 }, hasEpochs: true));
    }

    private static FolderClaim Of(bool fresh, long? known = null, bool force = false, string[]? idle = null) =>
        new(Ours, fresh, known, force, (idle ?? []).ToHashSet());
}
