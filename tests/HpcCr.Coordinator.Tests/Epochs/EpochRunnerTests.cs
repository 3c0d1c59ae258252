using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Coordinator.Tests.Support;
using HpcCr.Protocol.V1;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Epochs;

public sealed class EpochRunnerTests
{
    private readonly FakeCluster _cluster = new("node1", "node2");

    private static readonly Step[] HoldingPhases = [Step.Preflight, Step.Quiesce, Step.Freeze, Step.Drain, Step.Lock, Step.Dump, Step.Resume];

    public static TheoryData<Step, string> EveryPhaseOnEveryNode =>
        [.. from step in HoldingPhases.Append(Step.Seal) from node in (string[])["node1", "node2"] select (step, node)];

    [Fact]
    public async Task Checkpoint_OfAHealthyJob_TakesBothNodesThroughEveryPhaseInOrder()
    {
        var job = await _cluster.RunAsync("node1", "node2");

        var result = await _cluster.CheckpointAsync(job);

        Assert.Equal([.. HoldingPhases, Step.Seal, Step.Commit, Step.Abort], _cluster.Steps);
        foreach (var phase in HoldingPhases.Append(Step.Seal))
            Assert.Equal(["node1", "node2"], _cluster.Commands.Where(c => c.Step == phase).Select(c => c.Node).Order());
        Assert.Equal("node1", Assert.Single(_cluster.Commands, c => c.Step == Step.Commit).Node);
        Assert.All(_cluster.Commands, c => Assert.Equal(("stencil", 1u), (c.Command.Job, c.Command.Epoch)));
        Assert.All(_cluster.Commands.Where(c => c.Step == Step.Resume), c => Assert.False(c.Command.Resume.KeepStopped));
        Assert.All(_cluster.Commands.Where(c => c.Step == Step.Lock), c => Assert.False(c.Command.Lock.All));
        Assert.Equal(JobState.Running, job.State);
        Assert.Equal([1], job.Epochs);
        Assert.Null(job.Epoch);
        Assert.Equal((1u, "/ckpt/stencil/epoch-000001", 20.0, 200ul, false), (result.Epoch, result.Path, result.PauseMs, result.Bytes, result.Stopped));
        // Both ends were reported; it is one connection.
        Assert.Equal(1u, result.Connections);
        Assert.Equal(["commit", "drain", "dump", "freeze", "lock", "quiesce", "resume", "seal"], result.PhasesMs.Keys.Order());
    }

    [Fact]
    public async Task Checkpoint_OfAHealthyJob_CommitsAManifestOfAllNodesInTheirOrder()
    {
        var job = await _cluster.RunAsync("node2", "node1");

        await _cluster.CheckpointAsync(job);

        var commit = Assert.Single(_cluster.Commands, c => c.Step == Step.Commit);
        Assert.Equal("node2", commit.Node);
        var manifest = ManifestReader.Read(commit.Command.Commit.ManifestJson.Span, "the command");
        Assert.Equal(["node2", "node1"], manifest.Nodes.Select(n => n.Node));
        Assert.Equal((1, false, 20.0), (manifest.Epoch, manifest.Stopped, manifest.PauseMilliseconds));
    }

    [Fact]
    public async Task Checkpoint_AgainAndAgain_CountsUpwardAndNeverReusesANumber()
    {
        var job = await _cluster.RunAsync("node1", "node2");

        await _cluster.CheckpointAsync(job);
        _cluster.Fail("node2", Step.Dump);
        await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));
        _cluster.Heal();
        await _cluster.CheckpointAsync(job);

        Assert.Equal([1, 3], job.Epochs);
    }

    [Theory]
    [MemberData(nameof(EveryPhaseOnEveryNode))]
    public async Task Checkpoint_WhenOneNodeFails_AbortsOnEveryNodeAndTheJobRunsOn(Step step, string node)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Fail(node, step);

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));

        Assert.Equal((FailureKind.Failed, $"{step} broke on {node}"), (failure.Kind, failure.Message));
        AssertAborted(job);
        Assert.DoesNotContain(Step.Commit, _cluster.Steps);
        Assert.Equal(failure.Sentence, job.LastError);
    }

    [Fact]
    public async Task Checkpoint_WhenTheCommitFails_AbortsAndTheJobRunsOn()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Fail("node1", Step.Commit);

        await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));

        AssertAborted(job);
    }

    [Theory]
    [InlineData(Step.Resume)]
    [InlineData(Step.Seal)]
    [InlineData(Step.Commit)]
    public async Task CheckpointWithStop_WhenItFailsBeforeTheCommit_KillsNothing(Step step)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Fail("node1", step);

        await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job, stop: true));

        AssertAborted(job);
        Assert.DoesNotContain(Step.Kill, _cluster.Steps);
        Assert.DoesNotContain(Step.EndJob, _cluster.Steps);
    }

    [Theory]
    [InlineData(Step.Drain)]
    [InlineData(Step.Resume)]
    [InlineData(Step.Seal)]
    [InlineData(Step.Commit)]
    public async Task Checkpoint_WhenANodeAnswersNonsense_AbortsAllTheSame(Step step)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.On("node1", step, _ => Task.FromResult(step == Step.Seal
            ? new Reply { Sealed = new Sealed { ManifestNodeJson = ByteString.CopyFromUtf8("garbage") } }
            : new Reply()));

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));

        Assert.Equal(FailureKind.Internal, failure.Kind);
        AssertAborted(job);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Checkpoint_WhoseCutIsInconsistent_IsNotCommittedAndTheJobRunsOn(bool stop)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Seal("node1", End("10.0.0.1:1", "10.0.0.1:2", sent: 7, received: 0));
        _cluster.Seal("node2", End("10.0.0.1:2", "10.0.0.1:1", sent: 0, received: 8));

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job, stop));

        Assert.Equal(FailureKind.Failed, failure.Kind);
        Assert.Contains("node1 10.0.0.1:1 (ESTABLISHED) to node2 10.0.0.1:2 (ESTABLISHED): node2 expects byte 8 of node1, which has sent 7 to 7", failure.Message, StringComparison.Ordinal);
        AssertAborted(job);
        Assert.DoesNotContain(Step.Commit, _cluster.Steps);
        Assert.DoesNotContain(Step.Kill, _cluster.Steps);
    }

    [Fact]
    public async Task Checkpoint_WhoseCutIsConsistent_SaysSoInResultAndManifest()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Seal("node1", End("10.0.0.1:1", "10.0.0.1:2", sent: 7, received: 0));
        _cluster.Seal("node2", End("10.0.0.1:2", "10.0.0.1:1", sent: 0, received: 7));

        Assert.Equal("consistent", (await _cluster.CheckpointAsync(job)).Cut);
        var commit = Assert.Single(_cluster.Commands, c => c.Step == Step.Commit);
        Assert.Equal("consistent", ManifestReader.Read(commit.Command.Commit.ManifestJson.Span, "the command").Cut);
    }

    [Fact]
    public async Task Checkpoint_WithAnEndWhosePeerIsAnotherProgramOnANodeOfTheJob_IsCommittedWithItMarked()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Seal("node1", End("10.0.0.1:1", "10.0.0.2:80", sent: 7, received: 0));
        _cluster.On("node2", Step.Drain, _ => Task.FromResult(new Reply
        {
            Drained = new Drained { Others = { new Ends { Local = "10.0.0.2:80", Remote = "10.0.0.1:1" } } },
        }));

        await _cluster.CheckpointAsync(job);

        var commit = Assert.Single(_cluster.Commands, c => c.Step == Step.Commit);
        Assert.False(Assert.Single(ManifestReader.Read(commit.Command.Commit.ManifestJson.Span, "the command").Nodes[0].Connections).InJob);
    }

    [Fact]
    public async Task Checkpoint_WhenANodeDoesNotAnswer_NamesItAndAborts()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Hang("node2", Step.Freeze);

        var epoch = _cluster.CheckpointAsync(job, stop: true);
        await Eventually.Until(() => _cluster.Saw("node1", Step.Freeze) && _cluster.Saw("node2", Step.Freeze) && _cluster.Time.Pending == 1);
        _cluster.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(epoch.IsCompleted);
        _cluster.Time.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<HpcCrException>(() => epoch);

        Assert.Contains("Freeze: no answer from node2 within 30 s", failure.Message, StringComparison.Ordinal);
        AssertAborted(job);
    }

    [Theory]
    [InlineData(Step.Freeze)]
    [InlineData(Step.Drain)]
    [InlineData(Step.Dump)]
    public async Task Checkpoint_ThatHoldsTheJobForTooLong_NamesTheOptionAndAborts(Step step)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Hang("node2", step);

        var epoch = _cluster.CheckpointAsync(job);
        await Eventually.Until(() => _cluster.Saw("node1", step) && _cluster.Saw("node2", step) && _cluster.Time.Pending == 1);
        _cluster.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(epoch.IsCompleted);
        _cluster.Time.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<HpcCrException>(() => epoch);

        Assert.Contains($"stencil had been stopped for 10 s when the epoch was given up in {step}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--max-pause", failure.Next, StringComparison.Ordinal);
        AssertAborted(job);
    }

    [Fact]
    public async Task Checkpoint_LeavesNoTimerBehind()
    {
        var job = await _cluster.RunAsync("node1", "node2");

        await _cluster.CheckpointAsync(job);

        Assert.Equal(0, _cluster.Time.Pending);
    }

    [Fact]
    public async Task Checkpoint_WithSomethingInNobodysImage_ThawsEveryNodeAndFreezesAgain()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        var drains = 0;
        _cluster.On("node2", Step.Drain, _ => Task.FromResult(new Reply
        {
            Drained = ++drains <= 2 ? new Drained { Residue = { "node2: a connection waits at port 7" } } : new Drained(),
        }));

        var result = await _cluster.CheckpointAsync(job);

        Assert.Equal(
            [Step.Preflight, Step.Quiesce, Step.Freeze, Step.Drain, Step.Thaw, Step.Freeze, Step.Drain, Step.Thaw, Step.Freeze, Step.Drain, Step.Lock, Step.Dump, Step.Resume, Step.Seal, Step.Commit, Step.Abort],
            _cluster.Steps);
        Assert.Equal(4, _cluster.Commands.Count(c => c.Step == Step.Thaw));
        Assert.Equal(2u, result.Refreezes);
    }

    [Fact]
    public async Task Checkpoint_WithSomethingThatNeverGoesAway_GivesUpAndNamesIt()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.On("node2", Step.Drain, _ => Task.FromResult(new Reply { Drained = new Drained { Residue = { "node2: a connection waits at port 7" } } }));

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));

        Assert.Equal(FailureKind.Unsupported, failure.Kind);
        Assert.Contains("node2: a connection waits at port 7", failure.Message, StringComparison.Ordinal);
        Assert.Equal(20, _cluster.Commands.Count(c => c.Step == Step.Thaw && c.Node == "node1"));
        AssertAborted(job);
    }

    [Theory]
    [InlineData(Step.Dump, false)]
    [InlineData(Step.Resume, false)]
    [InlineData(Step.Resume, true)]
    [InlineData(Step.Seal, true)]
    public async Task Checkpoint_WhenAnEngineDiesWhileItHoldsTheJob_LosesTheJobAndLeavesNothingOfIt(Step step, bool stop)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Fail("node2", step, FailureKind.JobLost, engineDied: true);

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job, stop));

        Assert.Equal(FailureKind.JobLost, failure.Kind);
        Assert.Contains("hpccr restart stencil", failure.Next, StringComparison.Ordinal);
        Assert.Equal(JobState.Lost, job.State);
        Assert.Equal(["node1", "node2"], _cluster.Commands.Where(c => c.Step == Step.EndJob).Select(c => c.Node).Order());
        Assert.Empty(job.Epochs);
    }

    [Fact]
    public async Task Checkpoint_WhenAnEngineDiesBeforeTheDump_LosesNothing()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Fail("node2", Step.Lock, FailureKind.JobLost, engineDied: true);

        await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));

        AssertAborted(job);
    }

    [Fact]
    public async Task Checkpoint_WhenTheUndoingItselfLosesAnEngine_LosesTheJob()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Fail("node1", Step.Dump);
        _cluster.Fail("node2", Step.Abort, FailureKind.JobLost, engineDied: true);

        Assert.Equal(FailureKind.JobLost, (await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job))).Kind);
        Assert.Equal(JobState.Lost, job.State);
    }

    [Fact]
    public async Task CheckpointWithStop_KillsOnlyAfterTheCommit()
    {
        var job = await _cluster.RunAsync("node1", "node2");

        var result = await _cluster.CheckpointAsync(job, stop: true);

        Assert.Equal([.. HoldingPhases, Step.Seal, Step.Commit, Step.Kill, Step.EndJob], _cluster.Steps);
        Assert.All(_cluster.Commands.Where(c => c.Step == Step.Resume), c => Assert.True(c.Command.Resume.KeepStopped));
        Assert.All(_cluster.Commands.Where(c => c.Step == Step.Lock), c => Assert.True(c.Command.Lock.All));
        Assert.Equal(2, _cluster.Commands.Count(c => c.Step == Step.Kill));
        Assert.True(result.Stopped);
        Assert.Equal(JobState.Stopped, job.State);
        Assert.Equal([1], job.Epochs);
    }

    [Fact]
    public async Task CheckpointWithStop_WhenAKillFails_IsStoppedAllTheSame()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Fail("node2", Step.Kill);

        await _cluster.CheckpointAsync(job, stop: true);

        Assert.Equal(JobState.Stopped, job.State);
    }

    [Theory]
    [InlineData(Step.Kill)]
    [InlineData(Step.EndJob)]
    public async Task CheckpointWithStop_WhenTheKilledCommandIsReported_IsStoppedAndNotExited(Step when)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        var ended = Task.CompletedTask;
        _cluster.On("node1", when, async _ =>
        {
            // The guard reports the end of what was just killed, sooner or later than the step's answer.
            ended = _cluster.Watch.HappenedAsync(_cluster.Nodes.Find("node1")!, new Event { Job = job.Name, Uid = job.Spec.Uid, Sandbox = "node1", JobEnded = new JobEnded { ExitCode = 137 } });
            await Task.Yield();
            return new Reply();
        });

        await _cluster.CheckpointAsync(job, stop: true);
        await ended.Within();

        Assert.Equal((JobState.Stopped, null), (job.State, job.ExitCode));
    }

    [Fact]
    public async Task CheckpointWithStop_IsNeverSeenAsRunningAgain()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        List<JobState> seen = [];
        _cluster.On("node1", Step.EndJob, _ =>
        {
            seen.Add(job.State);
            return Task.FromResult(new Reply());
        });

        await _cluster.CheckpointAsync(job, stop: true);

        Assert.Equal([JobState.Checkpointing], seen);
    }

    [Fact]
    public async Task Checkpoint_WhileOneIsUnderWay_IsRefusedAndHarmsNothing()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        var go = _cluster.Hold("node2", Step.Dump);
        var first = _cluster.CheckpointAsync(job);
        await Eventually.Until(() => _cluster.Saw("node2", Step.Dump));

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));

        Assert.Equal(FailureKind.Failed, failure.Kind);
        Assert.Contains("epoch 1 of stencil is under way (Dump)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(JobState.Checkpointing, job.State);
        go.SetResult();
        Assert.Equal(1u, (await first).Epoch);
        Assert.Equal((JobState.Running, 1), (job.State, job.HighestEpoch));
    }

    [Fact]
    public async Task Checkpoint_OfAJobThatHasEnded_SaysSo()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        await _cluster.Ender.EndAsync(job, JobState.Exited, 0);

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => _cluster.CheckpointAsync(job));

        Assert.Contains("does not run: it is Exited", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Step.Quiesce, _cluster.Steps);
    }

    [Fact]
    public async Task Checkpoint_OfAJobThatEndsMeanwhile_FailsAndTheExitCodeStays()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Hang("node2", Step.Quiesce);
        var epoch = _cluster.CheckpointAsync(job);
        await Eventually.Until(() => _cluster.Saw("node2", Step.Quiesce));

        await _cluster.Watch.HappenedAsync(_cluster.Nodes.Find("node1")!, new Event { Job = job.Name, Uid = job.Spec.Uid, Sandbox = "node1", JobEnded = new JobEnded { ExitCode = 3 } });
        var failure = await Assert.ThrowsAsync<HpcCrException>(() => epoch);

        Assert.Contains("ended with exit code 3", failure.Message, StringComparison.Ordinal);
        Assert.Equal((JobState.Exited, 3), (job.State, job.ExitCode));
        Assert.Empty(job.Epochs);
    }

    [Fact]
    public async Task Checkpoint_WhenALauncherGoesAway_AbortsOnTheOthers()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        _cluster.Hang("node2", Step.Dump);
        var epoch = _cluster.CheckpointAsync(job);
        await Eventually.Until(() => _cluster.Saw("node2", Step.Dump));

        var gone = _cluster.Watch.DisconnectedAsync(_cluster.Nodes.Find("node2")!);
        var failure = await Assert.ThrowsAsync<HpcCrException>(() => epoch);

        Assert.Contains("the launcher of node2 went away", failure.Message, StringComparison.Ordinal);
        Assert.True(_cluster.Saw("node1", Step.Abort));
        Assert.Equal(JobState.Running, job.State);
        Assert.False(gone.IsCompleted);
    }

    private static ConnectionRecord End(string local, string remote, uint sent, uint received) => new()
    {
        Local = local,
        Remote = remote,
        State = "ESTABLISHED",
        InJob = true,
        Numbers = new TcpNumbers(received, 0, sent, 0, 0),
    };

    private void AssertAborted(Job job)
    {
        foreach (var step in (Step[])[Step.Abort, Step.Settle])
            Assert.Equal(["node1", "node2"], _cluster.Commands.Where(c => c.Step == step).Select(c => c.Node).Order());
        Assert.Equal(JobState.Running, job.State);
        Assert.Null(job.Epoch);
        Assert.Empty(job.Epochs);
    }
}
