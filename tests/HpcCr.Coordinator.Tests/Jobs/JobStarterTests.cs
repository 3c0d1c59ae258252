using HpcCr.Core;
using HpcCr.Coordinator.Tests.Support;
using ProbeAction = HpcCr.Protocol.V1.ProbeDirectory.Types.Action;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class JobStarterTests
{
    private readonly FakeCluster _cluster = new("node1", "node2", "node3");

    [Fact]
    public async Task Start_ProvesTheDirectoryAndThenMakesTheHeadsSandboxLast()
    {
        _cluster.Stored.Add(4);

        var job = await StartAsync();

        Assert.Equal([Step.ClaimFolder, Step.ProbeDirectory, Step.CreateSandbox], _cluster.Steps);
        Assert.Equal([ProbeAction.Write, ProbeAction.Read, ProbeAction.Read, ProbeAction.Remove, ProbeAction.List],
            _cluster.Commands.Where(c => c.Step == Step.ProbeDirectory).Select(c => c.Command.ProbeDirectory.Action));
        Assert.All(_cluster.Commands.Where(c => c.Step == Step.ProbeDirectory), c => Assert.Equal((1000u, 1000u), (c.Command.ProbeDirectory.Uid, c.Command.ProbeDirectory.Gid)));
        var created = _cluster.Commands.Where(c => c.Step == Step.CreateSandbox).ToList();
        Assert.Equal("node1", created[^1].Node);
        Assert.Equal(["node1"], created.Where(c => c.Command.CreateSandbox.Head).Select(c => c.Node));
        Assert.Equal(JobState.Running, job.State);
        Assert.Equal(4, job.HighestEpoch);
    }

    [Fact]
    public async Task Start_OnANodeThatIsNotThere_IsNotFoundAndLeavesNoJob()
    {
        var failure = await Assert.ThrowsAsync<NodeFailedException>(() => _cluster.Starter.StartAsync(FakeCluster.Spec("node1", "node9"), CancellationToken.None));

        Assert.Equal(FailureKind.NotFound, failure.Failure.Kind);
        Assert.Contains("node1, node2, node3", failure.Failure.Next, StringComparison.Ordinal);
        Assert.Empty(_cluster.Jobs.All);
        Assert.Empty(_cluster.Commands);
    }

    [Theory]
    [InlineData("node1")]
    [InlineData("node3")]
    public async Task Start_WhenOneSandboxCannotBeMade_RemovesTheOthers(string node)
    {
        _cluster.Fail(node, Step.CreateSandbox);

        await Assert.ThrowsAsync<NodeFailedException>(StartAsync);

        AssertNothingLeft();
    }

    [Fact]
    public async Task Start_WhenTheNodesSeeDifferentDirectories_RemovesTheTokenAndStartsNothing()
    {
        _cluster.Fail("node3", Step.ProbeDirectory, FailureKind.Unsupported);

        var failure = await Assert.ThrowsAsync<NodeFailedException>(StartAsync);

        Assert.Equal(FailureKind.Unsupported, failure.Failure.Kind);
        Assert.Contains(_cluster.Commands, c => c is { Node: "node1", Step: Step.ProbeDirectory } && c.Command.ProbeDirectory.Action == ProbeAction.Remove);
        Assert.DoesNotContain(Step.CreateSandbox, _cluster.Steps);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Start_WhenTheCallerGoesAway_RemovesWhatWasMade()
    {
        using var caller = new CancellationTokenSource();
        _cluster.Hang("node2", Step.CreateSandbox);
        var start = _cluster.Starter.StartAsync(FakeCluster.Spec("node1", "node2", "node3"), caller.Token);
        await Eventually.Until(() => _cluster.Saw("node3", Step.CreateSandbox));

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Within());
        AssertNothingLeft();
    }

    [Fact]
    public async Task Start_OfANameThatLives_IsRefusedAndLeavesThatJobAlone()
    {
        var job = await StartAsync();

        await Assert.ThrowsAsync<HpcCrException>(StartAsync);

        Assert.Equal(JobState.Running, job.State);
        Assert.Same(job, _cluster.Jobs.Find(new JobId(1000, "stencil")));
        Assert.DoesNotContain(Step.EndJob, _cluster.Steps);
    }

    private Task<Job> StartAsync() => _cluster.Starter.StartAsync(FakeCluster.Spec("node1", "node2", "node3"), CancellationToken.None).Within();

    private void AssertNothingLeft()
    {
        Assert.Equal(["node1", "node2", "node3"], _cluster.Commands.Where(c => c.Step == Step.EndJob).Select(c => c.Node).Order());
        Assert.Equal(JobState.Failed, _cluster.Jobs.Find(new JobId(1000, "stencil"))!.State);
    }
}
