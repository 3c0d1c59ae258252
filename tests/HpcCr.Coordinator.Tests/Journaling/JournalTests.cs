using HpcCr.Coordinator.Tests.Support;
using HpcCr.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace HpcCr.Coordinator.Tests.Journaling;

public sealed class JournalTests
{
    private readonly MemoryJournal _store = new();
    private readonly JournalState _state = new();

    [Fact]
    public async Task Save_OfAJob_DescribesItOnce_AndTheStateHasAllOfIt()
    {
        await using (var journal = Open())
        {
            var job = Job("heat");
            await journal.SaveAsync(job);
            job.MoveTo(JobState.Running);
            await journal.SaveAsync(job);
        }

        var read = Read();
        var found = Assert.Single(read.Jobs);
        Assert.Equal(Protocol.V1.JobState.Running, found.State);
        Assert.Equal("LONG", Assert.Single(found.Spec.Environment).Key);
        Assert.True(_store.Records[1].Length < 40);
    }

    [Fact]
    public async Task Note_OfAJobThatHasASuccessorOfItsName_SaysNothing()
    {
        await using (var journal = Open())
        {
            var old = Job("heat");
            var young = Job("heat");
            old.MoveTo(JobState.Exited, 3);
            await journal.SaveAsync(old);
            await journal.SaveAsync(young);
            journal.Note(old);
        }

        Assert.Equal(Protocol.V1.JobState.Starting, Assert.Single(Read().Jobs).State);
    }

    [Fact]
    public async Task GoBackTo_AJobBefore_IsTheLastWord()
    {
        await using (var journal = Open())
        {
            var old = Job("heat");
            old.MoveTo(JobState.Exited, 3);
            await journal.SaveAsync(Job("heat"));
            journal.GoBackTo(old);
        }

        Assert.Equal(3, Assert.Single(Read().Jobs).ExitCode);
    }

    [Fact]
    public async Task Journal_OfManyChanges_IsWrittenAnewAndStaysSmall()
    {
        await using (var journal = Open())
        {
            for (var i = 0; i < 3000; i++)
            {
                var job = Job($"job{i}");
                job.MoveTo(JobState.Exited, 0, new string('x', 1000));
                await journal.SaveAsync(job);
            }
        }

        Assert.InRange(_store.Replacements, 1, 20);
        Assert.Equal(EndedJobs.Kept, _state.Jobs.Count());
        Assert.DoesNotContain(_state.Jobs, job => job.Spec.Environment.Count > 0);
        Assert.True(_store.Length < 8 << 20);
    }

    [Fact]
    public async Task Save_OnAFullDisk_Fails_AndWhatFollowsWritesEverythingAnew()
    {
        await using var journal = Open();
        var job = Job("heat");
        _store.IsFull = true;
        var e = await Assert.ThrowsAsync<HpcCrException>(() => journal.SaveAsync(job));
        Assert.Contains("no space left", e.Message, StringComparison.Ordinal);
        await journal.TrySaveAsync(job);

        _store.IsFull = false;
        await journal.SaveAsync(job);

        Assert.Equal(1, _store.Replacements);
    }

    [Fact]
    public async Task Save_OfJobsOfOneName_KeepsThoseOfAllUsers()
    {
        await using (var journal = Open())
        {
            var (first, second) = (Job("heat"), Job("heat", 1001));
            await journal.SaveAsync(first);
            await journal.SaveAsync(second);
            first.MoveTo(JobState.Running);
            await journal.SaveAsync(first);
            second.MoveTo(JobState.Exited, 3);
            await journal.SaveAsync(second);
        }

        Assert.Equal([(1001u, 3), (1000u, 0)], Read().Jobs.Select(job => (job.Spec.Uid, job.ExitCode)));

        await using (var journal = Open())
            journal.Forget(new JobId(1001, "heat"));

        Assert.Equal(1000u, Assert.Single(Read().Jobs).Uid);
    }

    [Fact]
    public void Apply_OfRecordsOfAVersionForWhichNamesWereUnique_TakesOneNameForOneJob()
    {
        var (first, second) = (Old(Job("heat"), withSpec: true), Old(Job("heat", 1001), withSpec: true));
        _state.Apply(first);
        var running = Old(Job("heat"), withSpec: false);
        running.State = Protocol.V1.JobState.Running;
        _state.Apply(running);
        var kept = Assert.Single(_state.Jobs);
        Assert.Equal((1000u, Protocol.V1.JobState.Running), (kept.Uid, kept.State));
        Assert.Equal(1000u, kept.Spec.Uid);

        _state.Apply(second);
        Assert.Equal(1001u, Assert.Single(_state.Jobs).Uid);

        _state.Apply(Job("heat").ToRecord());
        Assert.Equal([1001u, 1000u], _state.Jobs.Select(job => job.Uid));
        _state.Apply(new Protocol.V1.JournalRecord { Job = "heat", Forgotten = true });
        Assert.Equal(1000u, Assert.Single(_state.Jobs).Uid);
    }

    private static Protocol.V1.JournalRecord Old(Job job, bool withSpec)
    {
        var record = job.ToRecord(withSpec);
        record.ClearUid();
        return record;
    }

    private static Job Job(string name, uint uid = 1000) => new(FakeCluster.Spec("node1") with { Name = name, Uid = uid, Environment = new Dictionary<string, string> { ["LONG"] = new('v', 500) } });

    private Journal Open() => new(_store, _state, NullLogger.Instance);

    private JournalState Read()
    {
        var state = new JournalState();
        foreach (var record in _store.Records)
            state.Apply(record);
        return state;
    }
}
