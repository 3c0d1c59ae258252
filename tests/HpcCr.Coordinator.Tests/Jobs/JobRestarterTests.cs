using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Coordinator.Tests.Support;
using HpcCr.Protocol.V1;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class JobRestarterTests
{
    private const string Epoch = "/ckpt/stencil/epoch-000007";
    private readonly FakeCluster _cluster = new("node1", "node2");

    [Fact]
    public async Task Restart_OfAnEpoch_PlansThenPreparesRestoresAndGoesOnAllNodesTogether()
    {
        _cluster.Stored.AddRange([3, 7]);

        var result = await RestartAsync();

        Assert.Equal([Step.LoadEpoch, Step.PlanRestore, Step.ClaimFolder, Step.ProbeDirectory, Step.PrepareRestore, Step.PutBack, Step.Restore, Step.Go, Step.Settle], _cluster.Steps);
        foreach (var step in (Step[])[Step.PlanRestore, Step.PrepareRestore, Step.PutBack, Step.Restore, Step.Go, Step.Settle])
            Assert.Equal(["node1", "node2"], _cluster.Commands.Where(c => c.Step == step).Select(c => c.Node).Order());
        Assert.All(_cluster.Commands.Where(c => c.Step == Step.PrepareRestore), c => Assert.Equal((c.Node, Epoch), (c.Command.Sandbox, c.Command.PrepareRestore.EpochPath)));
        var job = _cluster.Jobs.Find(new JobId(1000, "stencil"))!;
        Assert.Equal(JobState.Running, job.State);
        Assert.Equal([3, 7], job.Epochs);
        Assert.Equal(7u, result.Epoch);
        Assert.Equal(8u, (await _cluster.CheckpointAsync(job)).Epoch);
    }

    [Theory]
    [InlineData(Step.PrepareRestore, "node1")]
    [InlineData(Step.PrepareRestore, "node2")]
    [InlineData(Step.PutBack, "node2")]
    [InlineData(Step.Restore, "node1")]
    [InlineData(Step.Restore, "node2")]
    [InlineData(Step.Go, "node2")]
    public async Task Restart_WhenOneNodeFails_UndoesItOnAllAndKeepsTheJobsOldEnd(Step step, string node)
    {
        var before = await _cluster.RunAsync("node1", "node2");
        await _cluster.Ender.EndAsync(before, JobState.Exited, 9);
        _cluster.Fail(node, step);

        var failure = await Assert.ThrowsAsync<NodeFailedException>(() => RestartAsync());

        Assert.Equal($"{step} broke on {node}", failure.Message);
        Assert.Equal(["node1", "node2"], _cluster.Commands.Where(c => c.Step == Step.UndoRestore).Select(c => c.Node).Order());
        Assert.Same(before, _cluster.Jobs.Find(new JobId(1000, "stencil")));
        Assert.Equal((JobState.Exited, 9), (before.State, before.ExitCode));
        _cluster.Heal();
        await RestartAsync();
    }

    [Fact]
    public async Task Restart_WhileAnotherUserRunsAJobOfTheName_LeavesThatAlone()
    {
        var others = await _cluster.Starter.StartAsync(FakeCluster.Spec("node1", "node2") with { Uid = 1001 }, CancellationToken.None).Within();
        var before = _cluster.Commands.Count;

        await RestartAsync();

        Assert.Equal([(1000u, JobState.Running), (1001u, JobState.Running)], _cluster.Jobs.All.Select(job => (job.Spec.Uid, job.State)));
        Assert.All(_cluster.Commands.Skip(before).Where(asked => asked.Step != Step.LoadEpoch),
            asked => Assert.Equal((1000u, "stencil"), (asked.Command.Uid, asked.Command.Job)));
        await _cluster.CheckpointAsync(others);
        await _cluster.Ender.EndAsync(others, JobState.Exited, 0);
        Assert.All(_cluster.Commands.Where(asked => asked.Step is Step.Commit or Step.EndJob), asked => Assert.Equal(1001u, asked.Command.Uid));
        Assert.Equal(JobState.Running, _cluster.Jobs.Find(new JobId(1000, "stencil"))!.State);
    }

    [Fact]
    public async Task Restart_OfAJobThatNobodyKnew_WhenItFails_IsForgottenAgain()
    {
        _cluster.Fail("node2", Step.Restore);

        await Assert.ThrowsAsync<NodeFailedException>(() => RestartAsync());

        Assert.Empty(_cluster.Jobs.All);
    }

    [Fact]
    public async Task Restart_WhenTheJobsFolderCannotBeRead_StartsNothing()
    {
        _cluster.Fail("node1", Step.ProbeDirectory);

        await Assert.ThrowsAsync<NodeFailedException>(() => RestartAsync());

        Assert.DoesNotContain(Step.Restore, _cluster.Steps);
        Assert.DoesNotContain(Step.Go, _cluster.Steps);
    }

    [Fact]
    public async Task Restart_WhenTheCallerGoesAwayBeforeTheGate_UndoesItOnAll()
    {
        using var caller = new CancellationTokenSource();
        _cluster.Hang("node2", Step.Restore);
        var restart = RestartUntilAsync(caller.Token);
        await Eventually.Until(() => _cluster.Saw("node2", Step.Restore));

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);
        Assert.Equal(2, _cluster.Commands.Count(c => c.Step == Step.UndoRestore));
        Assert.DoesNotContain(Step.Go, _cluster.Steps);
    }

    [Fact]
    public async Task Restart_OnlyPlanned_ChangesNothing()
    {
        var result = await RestartAsync(new RestartRequest { EpochPath = Epoch, DryRun = true });

        Assert.Equal([Step.LoadEpoch, Step.PlanRestore], _cluster.Steps);
        Assert.Equal(["node1", "node2"], result.Plan.Placements.Select(p => p.Node));
        Assert.Equal(["node1: /out is put back"], result.Plan.Placements[0].Files);
        Assert.Empty(_cluster.Jobs.All);
    }

    [Fact]
    public async Task Restart_WithFaultsOnSeveralNodes_TellsThemAllAtOnceAndStartsNothing()
    {
        foreach (var node in (string[])["node1", "node2"])
            _cluster.On(node, Step.PlanRestore, _ => Task.FromResult(new Reply { RestorePlanned = new RestorePlanned { Faults = { $"{node}: port 7 is taken" } } }));

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync());

        Assert.Equal(FailureKind.Unsupported, failure.Kind);
        Assert.Contains("node1: port 7 is taken; node2: port 7 is taken", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Step.LoadEpoch, Step.PlanRestore], _cluster.Steps);
    }

    [Fact]
    public async Task Restart_OfADamagedEpoch_IsDamagedAndStartsNothing()
    {
        _cluster.On("node2", Step.PlanRestore, _ => Task.FromResult(new Reply { RestorePlanned = new RestorePlanned { Damage = { "core-1.img is missing" } } }));

        Assert.Equal(FailureKind.Damaged, (await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync())).Kind);
        Assert.Equal([Step.LoadEpoch, Step.PlanRestore], _cluster.Steps);
    }

    [Fact]
    public async Task Restart_OfAManifestThatIsNone_IsDamaged()
    {
        _cluster.On("node1", Step.LoadEpoch, _ => Task.FromResult(new Reply { EpochLoaded = new EpochLoaded { ManifestJson = ByteString.CopyFromUtf8("{") } }));

        Assert.Equal(FailureKind.Damaged, (await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync())).Kind);
    }

    [Fact]
    public async Task Restart_WithoutOneOfItsNodes_SaysWhich()
    {
        await _cluster.Watch.DisconnectedAsync(new NodeSession(new Hello { Node = "node2" }));
        _cluster.Nodes.Remove(_cluster.Nodes.Find("node2")!);

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync());

        Assert.Contains("node2: no launcher of this node is connected", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Step.PrepareRestore, _cluster.Steps);
    }

    [Fact]
    public async Task Restart_OfAJobThatStillRuns_IsRefused()
    {
        await _cluster.RunAsync("node1", "node2");

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync());

        Assert.Contains("still runs (Running)", failure.Message, StringComparison.Ordinal);
        Assert.Equal([Step.LoadEpoch, Step.ListProcesses], _cluster.Steps);
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1000u, true)]
    [InlineData(1001u, false)]
    public async Task Restart_OfAnEpoch_IsForTheJobsOwnerAndRootOnly(uint caller, bool allowed)
    {
        // A manifest says whose processes come to life: who may write one must not thereby become somebody else.
        var restart = RestartAsync(uid: caller);

        if (allowed)
            await restart;
        else
            Assert.Equal(FailureKind.NotAllowed, (await Assert.ThrowsAsync<HpcCrException>(() => restart)).Kind);
        var load = _cluster.Commands[0].Command.LoadEpoch;
        Assert.Equal((caller, Epoch), (load.Uid, load.Path));
    }

    [Theory]
    [InlineData("node3,node4", "", "node3", "node4")]
    [InlineData("node2,node1", "", "node2", "node1")]
    [InlineData("node3", "", "node3", "node3")]
    [InlineData("", "node1=node3", "node3", "node2")]
    [InlineData("", "node1=node2,node2=node1", "node2", "node1")]
    public async Task Restart_OnOtherNodes_SendsEverySandboxWhereItBelongs(string names, string map, string first, string second)
    {
        _cluster.Connect("node3");
        _cluster.Connect("node4");
        var request = new RestartRequest { EpochPath = Epoch, Nodes = { names.Split(',', StringSplitOptions.RemoveEmptyEntries) } };
        foreach (var (from, to) in NodeName.ParseMap(map.Length > 0 ? map : null))
            request.Moves[from] = to;

        var result = await RestartAsync(request);

        foreach (var step in (Step[])[Step.PlanRestore, Step.PrepareRestore, Step.PutBack, Step.Restore, Step.Go])
        {
            Assert.Equal([("node1", first), ("node2", second)],
                _cluster.Commands.Where(c => c.Step == step).Select(c => (c.Command.Sandbox, c.Node)).Order());
        }

        Assert.Equal([first, second], result.Job.Nodes.Select(n => n.Node));
        Assert.Equal(["node1", "node2"], result.Job.Nodes.Select(n => n.Sandbox));
        var job = _cluster.Jobs.Find(new JobId(1000, "stencil"))!;
        await _cluster.CheckpointAsync(job);
        Assert.Equal([first, second], _cluster.Commands.Where(c => c.Step == Step.Freeze).OrderBy(c => c.Command.Sandbox, StringComparer.Ordinal).Select(c => c.Node));
    }

    [Theory]
    [InlineData("node3,node1,node2", "")]
    [InlineData("node1,node2", "node1=node3")]
    [InlineData("", "node9=node3")]
    [InlineData("../x", "")]
    public async Task Restart_ToPlacesThatMakeNoSense_IsWrongUsage(string names, string map)
    {
        var request = new RestartRequest { EpochPath = Epoch, Nodes = { names.Split(',', StringSplitOptions.RemoveEmptyEntries) } };
        foreach (var (from, to) in NodeName.ParseMap(map.Length > 0 ? map : null))
            request.Moves[from] = to;

        Assert.Equal(FailureKind.Usage, (await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync(request))).Kind);
        Assert.DoesNotContain(Step.PlanRestore, _cluster.Steps);
    }

    [Fact]
    public async Task Restart_OfARelativePath_IsWrongUsage()
    {
        Assert.Equal(FailureKind.Usage, (await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync(new RestartRequest { EpochPath = "../epoch-000001" }))).Kind);
        Assert.Empty(_cluster.Commands);
    }

    private Task<RestartResult> RestartAsync(RestartRequest? request = null, uint uid = 1000) =>
        _cluster.Restarter.RestartAsync(request ?? new RestartRequest { EpochPath = Epoch }, uid, uid, (_, _) => { }, CancellationToken.None).Within();

    private Task<RestartResult> RestartUntilAsync(CancellationToken cancellationToken) =>
        _cluster.Restarter.RestartAsync(new RestartRequest { EpochPath = Epoch }, 0, 0, (_, _) => { }, cancellationToken).Within();
}
