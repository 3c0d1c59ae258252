using HpcCr.Coordinator.Tests.Support;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Epochs;

public sealed class EpochScheduleTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private readonly FakeCluster _cluster = new("node1", "node2");

    public EpochScheduleTests() =>
        _cluster.Jobs.Added += new EpochSchedule(_cluster.Checkpointer, _cluster.Time, NullLogger<EpochSchedule>.Instance).Follow;

    [Fact]
    public async Task AnInterval_AfterTheStart_AndAfterTheEndOfEachEpoch_MakesTheNext()
    {
        var job = await StartAsync();
        for (var number = 1; number <= 3; number++)
        {
            await DueInAsync(job, Interval);
            Pass(Interval - TimeSpan.FromSeconds(1));
            Assert.Equal(number - 1, job.NewestEpoch);
            Pass(TimeSpan.FromSeconds(1));
            await Eventually.Until(() => job.NewestEpoch == number);
        }
    }

    [Fact]
    public async Task AnEpochThatSomebodyAsksFor_PutsTheNextOff()
    {
        var job = await StartAsync();
        await DueInAsync(job, Interval);
        Pass(Interval - TimeSpan.FromMinutes(1));

        await _cluster.CheckpointAsync(job);

        await DueInAsync(job, Interval);
        Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(1, job.NewestEpoch);
    }

    [Fact]
    public async Task AnEpochThatTakesLongerThanTheInterval_IsNeverJoinedByASecond()
    {
        var interval = TimeSpan.FromMinutes(1);
        var job = await StartAsync(interval);
        var go = _cluster.Hold("node1", Step.Seal);
        await DueInAsync(job, interval);
        Pass(interval);
        await Eventually.Until(() => _cluster.Saw("node1", Step.Seal));

        Pass(interval);
        Assert.Single(_cluster.Commands, c => c.Node == "node1" && c.Step == Step.Quiesce);
        go.SetResult();

        await DueInAsync(job, interval);
        Assert.Equal(1, job.NewestEpoch);
    }

    [Fact]
    public async Task AnEpochThatFails_IsTriedAgainLaterAndLater_AndSaysWhy()
    {
        var job = await StartAsync();
        _cluster.Fail("node2", Step.Dump);
        await DueInAsync(job, Interval);
        Pass(Interval);
        foreach (var seconds in (int[])[10, 20, 40, 80])
        {
            await DueInAsync(job, TimeSpan.FromSeconds(seconds));
            Assert.Contains("Dump broke on node2", job.ToStatus().LastError, StringComparison.Ordinal);
            Assert.Equal(JobState.Running, job.State);
            Pass(TimeSpan.FromSeconds(seconds));
        }

        await DueInAsync(job, TimeSpan.FromSeconds(160));
        _cluster.Heal();
        Pass(TimeSpan.FromSeconds(160));

        await DueInAsync(job, Interval);
        Assert.Equal(6, job.NewestEpoch);
    }

    [Theory]
    [InlineData(1, 600, 10)]
    [InlineData(4, 600, 80)]
    [InlineData(20, 600, 600)]
    [InlineData(1, 2, 2)]
    [InlineData(3, 2, 8)]
    [InlineData(20, 2, 300)]
    [InlineData(1000, 86400, 86400)]
    public void RetryAfter_Grows_AndEnds(int failures, int interval, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), EpochSchedule.RetryAfter(failures, TimeSpan.FromSeconds(interval)));

    [Fact]
    public async Task AJobThatHasEnded_IsLeftAlone()
    {
        var job = await StartAsync();
        await DueInAsync(job, Interval);

        await _cluster.Ender.EndAsync(job, JobState.Exited, 0);
        Pass(Interval);

        Assert.Equal(0, job.ToStatus().NextEpochUnixMs);
        Assert.DoesNotContain(Step.Quiesce, _cluster.Steps);
    }

    [Fact]
    public async Task AJobWithoutAnInterval_MakesNone()
    {
        var job = await _cluster.RunAsync("node1", "node2");
        Pass(TimeSpan.FromDays(1));
        Assert.Equal(0, job.ToStatus().NextEpochUnixMs);
    }

    [Fact]
    public async Task AJobThatKeepsSome_IsPrunedAfterEveryEpoch()
    {
        _cluster.On("node1", Step.PruneEpochs, command => Task.FromResult(new Reply
        {
            EpochsPruned = new EpochsPruned { Removed = { command.PruneEpochs.Keep == 2 ? [1u] : [] } },
        }));
        var job = await _cluster.Starter.StartAsync(FakeCluster.Spec("node1", "node2") with { Keep = 2 }, CancellationToken.None).Within();

        await _cluster.CheckpointAsync(job);
        await _cluster.CheckpointAsync(job);

        Assert.Equal([2], job.Epochs);
        Assert.Equal(["node1", "node1"], _cluster.Commands.Where(c => c.Step == Step.PruneEpochs).Select(c => c.Node));
    }

    [Fact]
    public async Task AnEpochThatARestartReads_IsNamedToTheLauncherAsInUse()
    {
        var job = await _cluster.RunAsync("node1");
        using (await _cluster.Retention.ReadAsync("/ckpt/stencil/epoch-000007", 1000, CancellationToken.None))
            await _cluster.Retention.PruneAsync(job, 1, dryRun: false, CancellationToken.None).Within();
        await _cluster.Retention.PruneAsync(job, 1, dryRun: false, CancellationToken.None).Within();

        Assert.Equal([[7u], []], _cluster.Commands.Where(c => c.Step == Step.PruneEpochs).Select(c => c.Command.PruneEpochs.InUse.ToArray()));
    }

    [Fact]
    public async Task AnEpochWhosePruningFails_IsStillCommitted()
    {
        _cluster.Fail("node1", Step.PruneEpochs);
        var job = await _cluster.Starter.StartAsync(FakeCluster.Spec("node1", "node2") with { Keep = 2 }, CancellationToken.None).Within();

        Assert.Equal(1u, (await _cluster.CheckpointAsync(job)).Epoch);
    }

    private async Task<Job> StartAsync(TimeSpan? interval = null)
    {
        var spec = FakeCluster.Spec("node1", "node2") with { IntervalMilliseconds = (long)(interval ?? Interval).TotalMilliseconds };
        return await _cluster.Starter.StartAsync(spec, CancellationToken.None).Within();
    }

    private void Pass(TimeSpan time) => _cluster.Time.Advance(time);

    // The wait itself is under way, not only announced.
    private async Task DueInAsync(Job job, TimeSpan time)
    {
        var due = _cluster.Time.GetUtcNow() + time;
        await Eventually.Until(() => job.State == JobState.Running && job.NextEpochAt == due && _cluster.Time.IsWaitingUntil(due));
    }
}
