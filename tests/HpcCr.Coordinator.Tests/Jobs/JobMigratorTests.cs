using HpcCr.Core;
using HpcCr.Coordinator.Tests.Support;
using HpcCr.Protocol.V1;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class JobMigratorTests
{
    private readonly FakeCluster _cluster = new("node1", "node2", "node3", "node4");
    private readonly List<Progress> _progress = [];

    [Fact]
    public async Task Migrate_OfARunningJob_StopsItWithAnEpochAndBringsTheSameJobBackElsewhere()
    {
        var job = await RunAsync();

        var result = await MigrateAsync(job, "node1=node3");

        Assert.Same(job, Assert.Single(_cluster.Jobs.All));
        Assert.Equal((JobState.Running, false, null), (job.State, job.IsMoving, job.Epoch));
        Assert.Equal([new Place("node1", "node3"), new Place("node2", "node2")], job.Spec.Places);
        Assert.Equal(["node3", "node2"], result.Job.Nodes.Select(n => n.Node));
        Assert.Equal([("node1", "node3"), ("node2", "node2")], PlacesOf(Step.Go));
        Assert.Equal([1], job.Epochs);
        // Nothing of the job is left where it was, and that was not its end.
        Assert.Equal([("node1", "node1"), ("node2", "node2")], PlacesOf(Step.EndJob));
        Assert.All(_cluster.Commands.Where(c => c.Step == Step.EndJob), c => Assert.True(c.Command.EndJob.RecordJson.IsEmpty));
    }

    [Fact]
    public async Task Migrate_ToTheNodesNamed_AndOnFromThere_AsksTheNodesWhereItIs()
    {
        var job = await RunAsync();
        await MigrateAsync(job, nodes: "node3,node4");

        await MigrateAsync(job, "node4=node1");

        Assert.Equal(["node3", "node1"], job.Spec.Places.Select(p => p.Node));
        Assert.Equal([("node1", "node1"), ("node1", "node3"), ("node2", "node2"), ("node2", "node4")], PlacesOf(Step.Freeze));
    }

    [Fact]
    public async Task Migrate_WhileSomebodyWaitsForTheJob_NeverShowsItAsEnded()
    {
        var job = await RunAsync();
        var go = _cluster.Hold("node3", Step.Restore);
        var move = MigrateAsync(job, "node1=node3");
        await Eventually.Until(() => _cluster.Saw("node3", Step.Restore));

        Assert.Equal(JobState.Checkpointing, job.State);
        Assert.True(job.IsMoving);
        go.SetResult();
        await move;

        Assert.Equal(JobState.Running, job.State);
    }

    [Theory]
    [InlineData(Step.PlanRestore)]
    [InlineData(Step.PrepareRestore)]
    [InlineData(Step.Restore)]
    [InlineData(Step.Go)]
    public async Task Migrate_WhenTheOtherNodeFails_BringsTheJobBackWhereItWas(Step step)
    {
        var job = await RunAsync();
        _cluster.Fail("node3", step);

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node1=node3"));

        Assert.Equal(FailureKind.Failed, failure.Kind);
        Assert.Equal(($"job stencil could not be moved to node3, node2: {step} broke on node3", "It runs on where it was, from epoch 1."), (failure.Message, failure.Next));
        Assert.Equal((JobState.Running, false), (job.State, job.IsMoving));
        Assert.Equal([new Place("node1", "node1"), new Place("node2", "node2")], job.Spec.Places);
        Assert.Contains(_progress, p => p.Phase == "back");
        _cluster.Heal();
        await _cluster.CheckpointAsync(job);
    }

    [Fact]
    public async Task Migrate_WhenItsPlanHasFaults_BringsTheJobBackAndNamesThem()
    {
        var job = await RunAsync();
        _cluster.On("node3", Step.PlanRestore, _ => Task.FromResult(new Reply { RestorePlanned = new RestorePlanned { Faults = { "node3: port 7 is taken" } } }));

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node1=node3"));

        Assert.Contains("node3: port 7 is taken", failure.Message, StringComparison.Ordinal);
        Assert.Equal(JobState.Running, job.State);
        Assert.False(_cluster.Saw("node3", Step.PrepareRestore));
    }

    [Fact]
    public async Task Migrate_WhenTheWayBackFailsToo_StopsTheJobAndKeepsItsEpoch()
    {
        var job = await RunAsync();
        _cluster.Fail("node3", Step.Restore);
        _cluster.Fail("node1", Step.PrepareRestore);

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node1=node3"));

        Assert.Equal(FailureKind.JobLost, failure.Kind);
        Assert.Contains("`hpccr restart stencil`", failure.Next, StringComparison.Ordinal);
        Assert.Equal((JobState.Stopped, false), (job.State, job.IsMoving));
        Assert.Equal("stopped with epoch 1, neither moved (Restore broke on node3) nor brought back (PrepareRestore broke on node1)", job.Reason);
        Assert.Equal([1], job.Epochs);
    }

    [Theory]
    [InlineData(Step.Quiesce)]
    [InlineData(Step.Dump)]
    [InlineData(Step.Commit)]
    public async Task Migrate_WhenTheEpochFails_MovesNothing(Step step)
    {
        var job = await RunAsync();
        _cluster.Fail("node1", step);

        await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node1=node3"));

        Assert.Equal((JobState.Running, false), (job.State, job.IsMoving));
        Assert.DoesNotContain(_cluster.Commands, c => c.Node == "node3" && c.Step == Step.PlanRestore);
        Assert.False(_cluster.Saw("node1", Step.EndJob));
    }

    [Fact]
    public async Task Migrate_WhenTheEngineDiesInTheDump_LosesTheJob()
    {
        var job = await RunAsync();
        _cluster.Fail("node1", Step.Dump, engineDied: true);

        Assert.Equal(FailureKind.JobLost, (await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node1=node3"))).Kind);

        Assert.Equal((JobState.Lost, false), (job.State, job.IsMoving));
    }

    [Theory]
    [InlineData(Step.Freeze, "node1")]
    [InlineData(Step.Restore, "node3")]
    public async Task Migrate_WhileTheJobIsOnItsWay_NothingElseBegins(Step step, string node)
    {
        var job = await RunAsync();
        var go = _cluster.Hold(node, step);
        var move = MigrateAsync(job, "node1=node3");
        await Eventually.Until(() => _cluster.Saw(node, step));

        await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node2=node4"));
        await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));
        Assert.True(job.IsMoving);
        go.SetResult();
        await move;

        Assert.Equal(["node3", "node2"], job.Spec.Places.Select(p => p.Node));
    }

    [Theory]
    [InlineData("node1=node1", "", FailureKind.Usage)]
    [InlineData("", "node1,node2", FailureKind.Usage)]
    [InlineData("node9=node3", "", FailureKind.Usage)]
    [InlineData("node1=node3", "node3", FailureKind.Usage)]
    [InlineData("", "node1,node2,node3", FailureKind.Usage)]
    [InlineData("node1=../x", "", FailureKind.Usage)]
    public async Task Migrate_ToPlacesThatMakeNoSense_IsWrongUsage(string map, string nodes, FailureKind kind)
    {
        var job = await RunAsync();

        Assert.Equal(kind, (await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, map, nodes))).Kind);

        Assert.Empty(_cluster.Commands);
        Assert.Equal(JobState.Running, job.State);
    }

    [Fact]
    public async Task Migrate_ToANodeThatIsNotThere_IsRefusedBeforeTheJobStops()
    {
        var job = await RunAsync();

        Assert.Equal(FailureKind.NotFound, (await Assert.ThrowsAsync<NodeFailedException>(() => MigrateAsync(job, "node1=node9"))).Failure.Kind);

        Assert.Empty(_cluster.Commands);
    }

    [Fact]
    public async Task Migrate_ToANodeWithoutAnEngine_IsRefusedBeforeTheJobStops()
    {
        var job = await RunAsync();
        _cluster.Nodes.Add(new NodeSession(new Hello { Node = "node5", Engine = "CRIU is not installed" }));

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node1=node5"));

        Assert.Equal((FailureKind.Unsupported, "node5: CRIU is not installed"), (failure.Kind, failure.Message));
        Assert.Empty(_cluster.Commands);
    }

    [Fact]
    public async Task Migrate_OfAJobThatHasEnded_IsRefused()
    {
        var job = await RunAsync();
        await _cluster.Ender.EndAsync(job, JobState.Exited, 0);

        Assert.Contains("does not run", (await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(job, "node1=node3"))).Message, StringComparison.Ordinal);
    }

    private Task<Job> RunAsync() => _cluster.RunAsync("node1", "node2");

    private Task<RestartResult> MigrateAsync(Job job, string map = "", string nodes = "")
    {
        var request = new MigrateRequest { Job = job.Name, Nodes = { nodes.Split(',', StringSplitOptions.RemoveEmptyEntries) } };
        foreach (var pair in map.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
            request.Moves[pair[0]] = pair[1];
        return _cluster.Migrator.MigrateAsync(job, request, _progress.Add).Within();
    }

    private IEnumerable<(string Sandbox, string Node)> PlacesOf(Step step) => _cluster.Commands.Where(c => c.Step == step).Select(c => (c.Command.Sandbox, c.Node)).Order();
}
