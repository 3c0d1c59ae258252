using HpcCr.Coordinator.Tests.Support;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Nodes;

public sealed class NodeWatchTests
{
    private readonly FakeCluster _cluster = new();

    [Fact]
    public async Task Connected_AfterTheCoordinatorWasRestarted_AdoptsTheJobWithItsEpochs()
    {
        _cluster.Stored.AddRange([2, 5]);
        foreach (var node in (string[])["node2", "node1"])
            await _cluster.Watch.ConnectedAsync(_cluster.Connect(node, Held())).Within();

        var job = Assert.Single(_cluster.Jobs.All);
        Assert.Equal((JobState.Running, 1000u), (job.State, job.Spec.Uid));
        Assert.Equal([2, 5], job.Epochs);
        Assert.Equal(6u, (await _cluster.CheckpointAsync(job)).Epoch);
    }

    [Fact]
    public async Task Connected_OfAllNodesAtOnce_AdoptsTheJobOnce()
    {
        string[] names = [.. Enumerable.Range(1, 16).Select(i => $"node{i}")];
        var sessions = names.Select(n => _cluster.Connect(n, Held(names))).ToList();

        await Task.WhenAll(sessions.Select(s => Task.Run(() => _cluster.Watch.ConnectedAsync(s)))).Within();

        Assert.Equal(JobState.Running, Assert.Single(_cluster.Jobs.All).State);
    }

    [Fact]
    public async Task Connected_WithAJobThatHasEndedMeanwhile_KeepsItsExitCode()
    {
        var held = Held("node1");
        held.Ended = true;
        held.ExitCode = 17;

        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node1", held)).Within();

        var job = Assert.Single(_cluster.Jobs.All);
        Assert.Equal((JobState.Exited, 17), (job.State, job.ExitCode));
        Assert.True(_cluster.Saw("node1", Step.EndJob));
    }

    [Fact]
    public async Task Connected_WithOneJobThatIsNone_AdoptsTheOthers()
    {
        var hostile = Held("node1");
        hostile.Spec.Name = "../etc";

        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node1", hostile, new HeldJob(), Held("node1"))).Within();

        Assert.Equal("stencil", Assert.Single(_cluster.Jobs.All).Name);
    }

    [Fact]
    public async Task Connected_WithJobsOfOneNameOfTwoUsers_AdoptsBoth_AndAReportIsOfOne()
    {
        var second = Held("node1");
        second.Spec.Uid = 1001;
        var session = _cluster.Connect("node1", Held("node1"), second);
        await _cluster.Watch.ConnectedAsync(session).Within();
        Assert.Equal([1000u, 1001u], _cluster.Jobs.All.Select(job => job.Spec.Uid));

        await _cluster.Watch.HappenedAsync(session, new Event { Job = "stencil", Uid = 1001, Sandbox = "node1", JobEnded = new JobEnded { ExitCode = 4 } }).Within();

        Assert.Equal([(JobState.Running, null), (JobState.Exited, (int?)4)], _cluster.Jobs.All.Select(job => (job.State, job.ExitCode)));
        // A node that comes back with one of them has lost the other.
        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node1", second)).Within();
        Assert.Equal(JobState.Lost, _cluster.Jobs.All[0].State);
    }

    [Fact]
    public async Task Connected_WithAPartOfAJobThatIsOver_HasItRemoved()
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();
        await _cluster.Ender.EndAsync(job, JobState.Exited, 0);

        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node2", Held())).Within();

        Assert.True(_cluster.Saw("node2", Step.EndJob));
        Assert.Equal(JobState.Exited, job.State);
    }

    [Fact]
    public async Task Connected_WithoutItsPartOfARunningJob_LosesTheJob()
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();

        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node2")).Within();

        Assert.Equal(JobState.Lost, job.State);
        Assert.Contains("came back without its part", job.Reason, StringComparison.Ordinal);
        Assert.True(_cluster.Saw("node1", Step.EndJob));
    }

    [Fact]
    public async Task Disconnected_ForLongerThanTheGrace_LosesTheJob()
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();

        var gone = _cluster.Watch.DisconnectedAsync(_cluster.Nodes.Find("node2")!);
        await Eventually.Until(() => _cluster.Time.Pending == 1);
        Assert.Equal(JobState.Running, job.State);
        _cluster.Time.Advance(_cluster.Options.NodeGrace);
        await gone.Within();

        Assert.Equal(JobState.Lost, job.State);
        Assert.Contains("node2 did not answer for 15 s", job.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disconnected_AndBackWithinTheGrace_HarmsNothing()
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();

        var gone = _cluster.Watch.DisconnectedAsync(_cluster.Nodes.Find("node2")!);
        await Eventually.Until(() => _cluster.Time.Pending == 1);
        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node2", Held())).Within();
        _cluster.Time.Advance(_cluster.Options.NodeGrace);
        await gone.Within();

        Assert.Equal(JobState.Running, job.State);
        await _cluster.CheckpointAsync(job);
    }

    [Fact]
    public async Task Disconnected_OfASessionThatANewerOneReplaced_MeansNothing()
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();
        var older = _cluster.Nodes.Find("node2")!;
        _cluster.Connect("node2", Held());

        await _cluster.Watch.DisconnectedAsync(older).Within();

        Assert.NotNull(_cluster.Nodes.Find("node2"));
        Assert.Equal(JobState.Running, job.State);
    }

    [Theory]
    [InlineData("node1", JobState.Exited)]
    [InlineData("node2", JobState.Failed)]
    public async Task Happened_WhenASandboxEnds_EndsTheJobEverywhere(string node, JobState state)
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();

        await _cluster.Watch.HappenedAsync(_cluster.Nodes.Find(node)!, new Event { Job = job.Name, Uid = 1000, Sandbox = node, JobEnded = new JobEnded { ExitCode = 5 } }).Within();

        Assert.Equal((state, state == JobState.Exited ? 5 : null), (job.State, job.ExitCode));
        Assert.Equal(["node1", "node2"], _cluster.Commands.Where(c => c.Step == Step.EndJob).Select(c => c.Node).Order());
    }

    [Fact]
    public async Task Happened_OfAJobThatNobodyKnows_MeansNothing() =>
        await _cluster.Watch.HappenedAsync(_cluster.Connect("node1"), new Event { Job = "../x", JobEnded = new JobEnded() }).Within();

    [Theory]
    [InlineData("node2", "")]
    [InlineData("node3", "node3 is no node of job stencil")]
    public async Task Happened_WhenARemoteStartIsAskedFor_OnlyNodesOfTheJobAreStartedOn(string target, string error)
    {
        _cluster.Connect("node1");
        _cluster.Connect("node3");
        var job = await RunningAsync();
        // A session that nobody serves, so that the answer can be read here.
        var asking = new NodeSession(new Hello { Node = "node1" });

        await _cluster.Watch.HappenedAsync(asking, new Event { Job = job.Name, Uid = 1000, RemoteStart = new RemoteStart { Id = 9, Node = target, Command = { "orted" } } }).Within();

        Assert.True(asking.Outgoing.TryRead(out var answer));
        Assert.Equal((9ul, error), (answer.RemoteStartAnswer.Id, answer.RemoteStartAnswer.Failure?.What ?? ""));
        Assert.Equal(error.Length == 0, _cluster.Saw(target, Step.RemoteStart));
    }

    [Fact]
    public async Task Reports_OfPartsOfAJobThatIsOnItsWay_DoNotEndIt()
    {
        var (job, restored, move) = await MovingAsync("node3", Step.Restore);

        // Its old sandbox ends, is lost, and its old node comes again without it.
        var ended = _cluster.Watch.HappenedAsync(_cluster.Nodes.Find("node1")!, new Event { Job = job.Name, Uid = 1000, Sandbox = "node1", JobEnded = new JobEnded { ExitCode = 137 } });
        var lost = _cluster.Watch.HappenedAsync(_cluster.Nodes.Find("node1")!, new Event { Job = job.Name, Uid = 1000, Sandbox = "node1", SandboxLost = new SandboxLost { Why = "gone" } });
        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node1")).Within();
        Assert.Equal(JobState.Checkpointing, job.State);
        restored.SetResult();
        await Task.WhenAll(move, ended, lost).Within();

        Assert.Equal((JobState.Running, "node3"), (job.State, job.HeadPlace.Node));
    }

    [Fact]
    public async Task Happened_WhenTheCommandEndsRightAfterItsArrival_BeforeAllNodesHaveSaidSo_EndsTheJob()
    {
        var (job, gone, move) = await MovingAsync("node2", Step.Go);

        var ended = _cluster.Watch.HappenedAsync(_cluster.Nodes.Find("node3")!, new Event { Job = job.Name, Uid = 1000, Sandbox = "node1", JobEnded = new JobEnded { ExitCode = 5 } });
        Assert.Equal(JobState.Checkpointing, job.State);
        gone.SetResult();
        await Task.WhenAll(move, ended).Within();

        Assert.Equal((JobState.Exited, 5), (job.State, job.ExitCode));
        Assert.True(_cluster.Saw("node3", Step.EndJob));
    }

    [Fact]
    public async Task Disconnected_OfTheOldNode_WhileTheJobLeavesIt_LosesNothing()
    {
        var (job, restored, move) = await MovingAsync("node3", Step.Restore);
        var waits = _cluster.Time.Pending;

        var gone = _cluster.Watch.DisconnectedAsync(_cluster.Nodes.Find("node1")!);
        await Eventually.Until(() => _cluster.Time.Pending > waits);
        _cluster.Time.Advance(_cluster.Options.NodeGrace);
        await gone.Within();
        restored.SetResult();
        await move;

        Assert.Equal((JobState.Running, "node3"), (job.State, job.HeadPlace.Node));
    }

    [Theory]
    [InlineData("node1", Step.Quiesce)]
    [InlineData("node3", Step.Settle)]
    public async Task Happened_WhenTheCommandEndsBeforeOrAfterTheMove_EndsTheJob(string node, Step step)
    {
        var (job, held, move) = await MovingAsync(node, step);

        await _cluster.Watch.HappenedAsync(_cluster.Nodes.Find(node)!, new Event { Job = job.Name, Uid = 1000, Sandbox = "node1", JobEnded = new JobEnded { ExitCode = 5 } }).Within();
        held.SetResult();
        await Task.WhenAny(move);

        Assert.Equal((JobState.Exited, 5), (job.State, job.ExitCode));
    }

    [Fact]
    public async Task AKillInTheMiddleOfAMove_LeavesNothingRunning()
    {
        var (job, restored, move) = await MovingAsync("node3", Step.Restore);

        await _cluster.Ender.EndAsync(job, JobState.Exited, 137, "killed");
        restored.SetResult();
        await Assert.ThrowsAsync<HpcCr.Core.HpcCrException>(() => move);

        Assert.Equal((JobState.Exited, "killed"), (job.State, job.Reason));
        Assert.True(_cluster.Saw("node3", Step.UndoRestore));
        Assert.DoesNotContain(_cluster.Commands, c => c.Step == Step.Go);
    }

    [Fact]
    public async Task Connected_WithAPartOfAnEarlierLife_HasItEndedAtOnce_AndTheJobGoesOn()
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();
        var old = new HeldJob { Spec = (job.Spec with { Incarnation = job.Spec.Incarnation - 1, Nodes = ["node3"] }).ToWire() };

        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node3", old)).Within();

        var ended = Assert.Single(_cluster.Commands, c => c.Node == "node3").Command;
        Assert.True(ended.EndJob is { Stale: true, RecordJson.IsEmpty: true });
        Assert.Equal((ulong)job.Spec.Incarnation - 1, ended.Incarnation);
        Assert.Equal(JobState.Running, job.State);
    }

    [Fact]
    public async Task Connected_WithAPartOfALaterLife_TakesThatForTheJob_AndEndsWhatIsOlder()
    {
        _cluster.Connect("node1");
        var job = await RunningAsync();
        var later = new HeldJob { Spec = (job.Spec with { Incarnation = job.Spec.Incarnation + 1, Nodes = ["node3"] }).ToWire() };

        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node3", later)).Within();

        Assert.Equal(JobState.Lost, job.State);
        Assert.Equal(["node1", "node2"], _cluster.Commands.Where(c => c.Step == Step.EndJob).Select(c => c.Node).Order());
        Assert.Equal((job.Spec.Incarnation + 1, JobState.Running), (_cluster.Jobs.Find(job.Spec.Id)!.Spec.Incarnation, _cluster.Jobs.Find(job.Spec.Id)!.State));
    }

    // A job of node1 and node2 on its way from node1 to node3, which stands at a step of one node until that is let go.
    private async Task<(Job Job, TaskCompletionSource Held, Task<RestartResult> Move)> MovingAsync(string node, Step step)
    {
        _cluster.Connect("node1");
        _cluster.Connect("node3");
        var job = await RunningAsync();
        var held = _cluster.Hold(node, step);
        var move = MigrateAsync(job);
        await Eventually.Until(() => _cluster.Saw(node, step));
        return (job, held, move);
    }

    private Task<RestartResult> MigrateAsync(Job job) =>
        _cluster.Migrator.MigrateAsync(job, new MigrateRequest { Job = job.Name, Moves = { ["node1"] = "node3" } }, _ => { }).Within();

    private async Task<Job> RunningAsync()
    {
        if (_cluster.Nodes.Find("node2") is null)
            _cluster.Connect("node2");
        return await _cluster.RunAsync("node1", "node2");
    }

    private static HeldJob Held(params string[] names) => new() { Spec = FakeCluster.Spec(names.Length > 0 ? names : ["node1", "node2"]).ToWire() };
}
