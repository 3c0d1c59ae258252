using HpcCr.Coordinator.Tests.Support;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Recovery;

/// <summary>A coordinator that is killed after any of the records that it writes, and the one that comes next after any of its own.</summary>
public sealed class JobRecoveryTests
{
    private static readonly string[] AllNodes = ["node1", "node2", "node3", "node4"];

    private static readonly Dictionary<string, Func<FakeCluster, Task>> Lives = new()
    {
        ["a start and its end"] = async cluster =>
        {
            var job = await cluster.RunAsync("node1", "node2");
            await cluster.Ender.EndAsync(job, JobState.Exited, 3);
        },
        ["an epoch"] = async cluster => await cluster.CheckpointAsync(await cluster.RunAsync("node1", "node2")),
        ["an epoch that fails"] = async cluster =>
        {
            var job = await cluster.RunAsync("node1", "node2");
            cluster.Fail("node2", Step.Dump);
            await Assert.ThrowsAsync<HpcCrException>(() => cluster.CheckpointAsync(job));
        },
        ["an epoch that stops"] = async cluster => await cluster.CheckpointAsync(await cluster.RunAsync("node1", "node2"), stop: true),
        ["a restart"] = async cluster =>
        {
            await cluster.Ender.EndAsync(await cluster.RunAsync("node1", "node2"), JobState.Exited, 9);
            await RestartAsync(cluster);
        },
        ["a first restart"] = RestartAsync,
        ["a restart that fails"] = async cluster =>
        {
            await cluster.Ender.EndAsync(await cluster.RunAsync("node1", "node2"), JobState.Exited, 9);
            cluster.Fail("node1", Step.Restore);
            await Assert.ThrowsAsync<NodeFailedException>(() => RestartAsync(cluster));
        },
        ["a migration"] = async cluster => await MigrateAsync(cluster),
        ["a migration that comes back"] = async cluster =>
        {
            cluster.Fail("node3", Step.Restore);
            await Assert.ThrowsAsync<HpcCrException>(() => MigrateAsync(cluster));
        },
    };

    public static TheoryData<string> All => [.. Lives.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public async Task TakeOver_AfterAnyRecord_AndAgainAfterAnyOfItsOwn_ComesToTheSameEnd(string life)
    {
        var written = await WrittenInAsync(life);
        for (var count = 1; count <= written.Count; count++)
        {
            var first = written[..count];
            foreach (var isStored in StoredOrNot(Read(first)))
            {
                var own = await RecoversAsync(first, first, isStored, $"{life}, after {count} of {written.Count} records, stored {isStored}");
                for (var again = 1; again <= own.Count; again++)
                    await RecoversAsync(first, [.. first, .. own[..again]], isStored, $"{life}, after {count} of {written.Count} and {again} of {own.Count} records, stored {isStored}");
            }
        }
    }

    [Fact]
    public async Task TakeOver_OfAJobWhoseNodeDoesNotComeBack_LosesItAndSaysWhichNode()
    {
        var records = await WrittenInAsync("an epoch");
        var next = new FakeCluster("node1");
        var taken = next.Recovery.TakeOver(Read(records).Jobs);
        await Eventually.Until(() => next.Time.Pending > 0);

        next.Time.Advance(next.Options.NodeGrace);
        await taken.Within();

        var job = Assert.Single(next.Jobs.All);
        Assert.Equal((JobState.Lost, "node node2 did not come back to the coordinator within 15 s"), (job.State, job.Reason));
    }

    [Fact]
    public async Task TakeOver_OfAnEpochWhoseNodesDoNotComeBack_LosesTheJob()
    {
        var records = await WrittenInAsync("an epoch");
        var next = new FakeCluster();
        var taken = next.Recovery.TakeOver(Read(UpTo(records, EpochState.Dump)).Jobs);
        await Eventually.Until(() => next.Time.Pending > 0);
        next.Time.Advance(next.Options.NodeGrace);
        await Eventually.Until(() => next.Time.Pending > 0 || taken.IsCompleted);
        next.Time.Advance(next.Options.NodeGrace);
        await taken.Within();

        Assert.Equal(JobState.Lost, Assert.Single(next.Jobs.All).State);
    }

    [Fact]
    public async Task TakeOver_OfAnEpochThatKilledTheJob_DoesNotTakeThatForTheJobsOwnEnd()
    {
        var records = await WrittenInAsync("an epoch that stops");
        var next = new FakeCluster();
        next.Stored.Add(1);
        var taken = next.Recovery.TakeOver(Read(UpTo(records, EpochState.CommitStopped)).Jobs);
        var held = () => new HeldJob { Spec = FakeCluster.Spec("node1", "node2").ToWire(), Ended = true, ExitCode = 137 };
        var sessions = new[] { next.Connect("node1", held()), next.Connect("node2", held()) };

        await Task.WhenAll(sessions.Select(next.Watch.ConnectedAsync).Append(taken)).Within();

        var job = Assert.Single(next.Jobs.All);
        Assert.Equal((JobState.Stopped, "stopped after epoch 1"), (job.State, job.Reason));
        Assert.Equal([Step.FindEpoch, Step.Kill, Step.EndJob], next.Steps);
    }

    [Fact]
    public async Task TakeOver_OfAJobThatEndedMeanwhile_KnowsItsExitCode()
    {
        var records = await WrittenInAsync("an epoch");
        var next = new FakeCluster();
        var taken = next.Recovery.TakeOver(Read(records).Jobs);
        var sessions = new[]
        {
            next.Connect("node1", new HeldJob { Spec = FakeCluster.Spec("node1", "node2").ToWire(), Ended = true, ExitCode = 5 }),
            next.Connect("node2", new HeldJob { Spec = FakeCluster.Spec("node1", "node2").ToWire() }),
        };

        await Task.WhenAll(sessions.Select(next.Watch.ConnectedAsync).Append(taken)).Within();

        var job = Assert.Single(next.Jobs.All);
        Assert.Equal((JobState.Exited, 5), (job.State, job.ExitCode));
    }

    [Fact]
    public async Task TakeOver_OfAnAttachUnderWay_LetsTheProcessesGo()
    {
        var spec = FakeCluster.Spec("node1", "node2") with { Attached = true };
        var next = new FakeCluster("node1", "node2");

        await next.Recovery.TakeOver([new Job(spec).ToRecord()]).Within();

        Assert.Equal(JobState.Failed, Assert.Single(next.Jobs.All).State);
        Assert.Equal(2, next.Commands.Count(c => c.Command.EndJob is { Release: true }));
    }

    [Fact]
    public async Task Epoch_WhenTheJournalIsFull_NeverBegins_AndTheJobRunsOn()
    {
        var cluster = new FakeCluster("node1", "node2");
        var job = await cluster.RunAsync("node1", "node2");
        cluster.Written.IsFull = true;

        var e = await Assert.ThrowsAsync<HpcCrException>(() => cluster.CheckpointAsync(job));

        Assert.Contains("journal cannot be written", e.Message, StringComparison.Ordinal);
        Assert.False(cluster.Saw("node1", Step.Quiesce));
        Assert.Equal(JobState.Running, job.State);
    }

    private static async Task<List<byte[]>> RecoversAsync(List<byte[]> first, List<byte[]> records, bool isStored, string when)
    {
        var before = Read(first).Jobs.Single();
        var next = new FakeCluster(AllNodes);
        if (isStored)
            next.Stored.Add(Math.Max(1, before.HighestEpoch));
        await next.Recovery.TakeOver(Read(records).Jobs).Within();

        var (state, places) = Expected(before, isStored);
        if (next.Jobs.Find(new JobId(1000, "stencil")) is not { } job)
        {
            Assert.True(state is null, when);
            return [];
        }

        Assert.True(job.State == state, $"{when}: {job.State} instead of {state}");
        Assert.True(job.Epoch is null && job.Move is null && job.Restart is null && !job.IsRecovering, when);
        if (state == JobState.Running)
        {
            Assert.True(places!.SequenceEqual(job.Spec.Places.Select(p => p.Node)), $"{when}: on {string.Join(' ', job.Spec.Places.Select(p => p.Node))}, not {string.Join(' ', places!)}; {before}");
            Assert.True(before.HighestEpoch < (await next.CheckpointAsync(job)).Epoch, when);
        }

        await next.Journal.DisposeAsync();
        // What it did is what it has written: no later coordinator finds anything to do.
        var last = Read([.. records, .. next.Written.Records]).Jobs.Single();
        Assert.True(last.State.ToCore() == state && last.Epoch is null && last.Move is null && last.Restart is null, $"{when}: {last}");
        return [.. next.Written.Records];
    }

    private static (JobState? State, IEnumerable<string>? Places) Expected(JournalRecord before, bool isStored)
    {
        string[] here = ["node1", "node2"];
        if (before.Restart is { Going: true } going)
            return (JobState.Running, (going.Spec ?? before.Spec).ToCore().Places.Select(p => p.Node));
        if (before.Move is { } move)
            return (JobState.Running, move.StoppedBy > 0 || (isStored && before.Epoch is not null) ? move.Hosts : here);
        if (before.Restart is { } restart)
            return (restart.Before?.State.ToCore(), null);
        if (before.State == Protocol.V1.JobState.Starting)
            return (JobState.Failed, null);
        if (before.State.ToCore().IsEnded())
            return (before.State.ToCore(), null);
        return before.Epoch is { Stop: true } && isStored ? (JobState.Stopped, null) : (JobState.Running, before.Spec.ToCore().Places.Select(p => p.Node));
    }

    // At the commit either is possible; before it the epoch cannot be in the store, and behind it, it is.
    private static bool[] StoredOrNot(JournalState state) => state.Jobs.SingleOrDefault()?.Epoch?.State switch
    {
        null => [true],
        nameof(EpochState.Commit) or nameof(EpochState.CommitStopped) => [true, false],
        nameof(EpochState.Complete) or nameof(EpochState.Kill) or nameof(EpochState.Stopped) => [true],
        _ => [false],
    };

    private static async Task<List<byte[]>> WrittenInAsync(string life)
    {
        var cluster = new FakeCluster(AllNodes);
        await Lives[life](cluster).Within();
        await cluster.Journal.DisposeAsync();
        return [.. cluster.Written.Records];
    }

    private static List<byte[]> UpTo(List<byte[]> records, EpochState state) =>
        records[..(records.FindIndex(r => JournalRecord.Parser.ParseFrom(r).Epoch?.State == state.ToString()) + 1)];

    private static JournalState Read(IEnumerable<byte[]> records)
    {
        var state = new JournalState();
        foreach (var record in records)
            state.Apply(record);
        return state;
    }

    private static Task RestartAsync(FakeCluster cluster) => cluster.Restarter.RestartAsync(
        new RestartRequest { EpochPath = "/ckpt/stencil/epoch-000007" }, 1000, 1000, (_, _) => { }, CancellationToken.None);

    private static async Task MigrateAsync(FakeCluster cluster) => await cluster.Migrator.MigrateAsync(
        await cluster.RunAsync("node1", "node2"), new MigrateRequest { Job = "stencil", Moves = { ["node1"] = "node3" } }, _ => { });
}
