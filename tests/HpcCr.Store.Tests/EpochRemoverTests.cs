namespace HpcCr.Store.Tests;

public sealed class EpochRemoverTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Remove_OfAnEpoch_LeavesNothingOfItAndAllOthers()
    {
        _store.Commit(1);
        _store.Commit(2);

        var bytes = new EpochRemover(_ => { }).Remove(EpochCatalog.Committed(_store.Job)[0]);

        Assert.Equal([2], EpochCatalog.Committed(_store.Job).Select(e => e.Epoch));
        Assert.Equal(["epoch-000002", "latest"], Names(_store.Job));
        Assert.True(bytes > 0);
    }

    [Fact]
    public void Remove_ThatDiesAtAnyStep_LeavesAWholeEpochOrNone_AndSweepEndsIt()
    {
        for (var steps = 0; ; steps++)
        {
            _store.Commit(1 + steps);
            var entry = EpochCatalog.Committed(_store.Job)[^1];
            Directory.CreateDirectory(Path.Combine(entry.Path, "written-after"));
            var left = steps;
            try
            {
                new EpochRemover(_ => Assert.True(left-- > 0, "power cut")).Remove(entry);
                Assert.True(steps > 2);
                break;
            }
            catch (Xunit.Sdk.TrueException)
            {
                Assert.Empty(EpochCatalog.Committed(_store.Job));
            }

            new EpochRemover(_ => { }).Sweep(_store.Job);
            Assert.Equal(["latest", "written-after"], Names(_store.Job));
        }
    }

    [Fact]
    public void Remove_OfAnEpochAfterWhichTheJobWroteMore_KeepsThat()
    {
        var path = _store.Commit(1);
        Directory.CreateDirectory(Path.Combine(path, "written-after"));
        File.WriteAllText(Path.Combine(path, "written-after", "node1-1-out.1"), "line 100");

        new EpochRemover(_ => { }).Remove(EpochCatalog.Committed(_store.Job)[0]);

        Assert.Equal("line 100", File.ReadAllText(Path.Combine(_store.Job, "written-after", "epoch-000001", "node1-1-out.1")));
    }

    [Fact]
    public void Sweep_TouchesNothingElse()
    {
        _store.Commit(1);
        Directory.CreateDirectory(Path.Combine(_store.Job, "mine.removing"));
        Directory.CreateDirectory(Path.Combine(_store.Job, "epoch-000002.partial"));

        new EpochRemover(_ => { }).Sweep(_store.Job);

        Assert.Equal(["epoch-000001", "epoch-000002.partial", "latest", "mine.removing"], Names(_store.Job));
    }

    private static IEnumerable<string?> Names(string folder) => Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
