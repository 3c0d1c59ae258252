using HpcCr.Coordinator.Tests.Support;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class LifeGateTests
{
    private const string Epoch = "/ckpt/stencil/epoch-000007";
    private readonly FakeCluster _cluster = new("node1", "node2", "node3");
    private readonly List<string> _told = [];

    [Fact]
    public async Task Restart_OfAJobWithANodeThatDoesNotAnswer_WaitsUntilItsPartIsFrozenByTheSlowestClock_AndSaysSo()
    {
        var job = await LostAsync();

        var restart = RestartAsync();
        await Eventually.Until(() => _told.Count > 0);
        Assert.Contains("node2 does not answer and may still run a part of job stencil", _told[0], StringComparison.Ordinal);
        await PassAsync(TimeSpan.FromSeconds(60));
        Assert.False(_cluster.Saw("node1", Step.PrepareRestore));
        await PassAsync(TimeSpan.FromSeconds(3));
        await restart;

        var again = _cluster.Jobs.Find(new JobId(1000, "stencil"))!;
        Assert.Equal(JobState.Running, again.State);
        Assert.True(again.Spec.Incarnation > job.Spec.Incarnation);
    }

    [Fact]
    public async Task Restart_WhenTheNodeThatReadsTheEpochHasLostItsPower_LetsAnotherReadIt()
    {
        await LostAsync();
        _cluster.Hang("node1", Step.LoadEpoch);

        var restart = RestartAsync(force: true);
        await Eventually.Until(() => _cluster.Saw("node1", Step.LoadEpoch));
        _cluster.Nodes.Remove(_cluster.Nodes.Find("node1")!);
        await Eventually.Until(() => _cluster.Saw("node3", Step.LoadEpoch));

        // The plan goes on without it, and names it.
        Assert.Contains("node1: no launcher", (await Assert.ThrowsAsync<HpcCrException>(() => restart)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_WithForce_WaitsForNothing()
    {
        await LostAsync();

        await RestartAsync(force: true);

        Assert.Empty(_told);
        Assert.Equal(JobState.Running, _cluster.Jobs.Find(new JobId(1000, "stencil"))!.State);
    }

    [Fact]
    public async Task Restart_WhileTheNodeComesBackWithItsPart_EndsThatAndGoesOn()
    {
        var job = await LostAsync();
        var restart = RestartAsync();
        await Eventually.Until(() => _told.Count > 0);

        await _cluster.Watch.ConnectedAsync(_cluster.Connect("node2", new HeldJob { Spec = job.Spec.ToWire() })).Within();
        await PassAsync(TimeSpan.FromSeconds(1));
        await restart;

        var ended = _cluster.Commands.First(c => c.Node == "node2" && c.Step == Step.EndJob).Command;
        Assert.Equal((ulong)job.Spec.Incarnation, ended.Incarnation);
    }

    [Fact]
    public async Task Restart_OfAJobThatNobodyFreezes_IsRefusedWithWhatToDo()
    {
        await LostAsync(spec => spec with { Incarnation = 0 });

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => RestartAsync());

        Assert.Contains("node2 does not answer", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--force", failure.Next, StringComparison.Ordinal);
        Assert.False(_cluster.Saw("node1", Step.PrepareRestore));
    }

    [Fact]
    public async Task ACoordinatorThatIsNew_WaitsForNodesThatItHasNeverHeardOf()
    {
        await LostAsync();
        var state = new JournalState();
        foreach (var record in _cluster.Written.Records)
            state.Apply(record);
        var next = new FakeCluster("node1", "node3");
        await next.Recovery.TakeOver(state.Jobs).Within();

        var told = new List<string>();
        var restart = next.Restarter.RestartAsync(Request(false), 1000, 1000, (_, text) => told.Add(text), CancellationToken.None);
        await Eventually.Until(() => told.Any(text => text.Contains("node2 does not answer", StringComparison.Ordinal)));
        Assert.False(next.Saw("node1", Step.PrepareRestore));
        while (!restart.IsCompleted)
            await AdvanceAsync(next, TimeSpan.FromSeconds(1));
        await restart.Within();
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
            await AdvanceAsync(_cluster, TimeSpan.FromSeconds(1));
    }

    // The wait looks again and again: it must have begun the next look before the clock goes on.
    private static async Task AdvanceAsync(FakeCluster cluster, TimeSpan by)
    {
        cluster.Time.Advance(by);
        await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    private async Task<Job> LostAsync(Func<JobSpec, JobSpec>? change = null)
    {
        var job = await _cluster.RunAsync("node1", "node2");
        if (change is not null)
            job.Arrive(change(job.Spec));
        _cluster.Nodes.Remove(_cluster.Nodes.Find("node2")!);
        await _cluster.Ender.EndAsync(job, JobState.Lost, reason: "node2 does not answer").Within();
        return job;
    }

    private Task<RestartResult> RestartAsync(bool force = false) =>
        _cluster.Restarter.RestartAsync(Request(force), 1000, 1000, (phase, text) =>
        {
            if (phase == "wait")
                _told.Add(text);
        }, CancellationToken.None).Within();

    private static RestartRequest Request(bool force) => new() { EpochPath = Epoch, Nodes = { "node1", "node3" }, Force = force };
}
