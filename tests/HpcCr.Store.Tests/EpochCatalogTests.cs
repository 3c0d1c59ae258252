namespace HpcCr.Store.Tests;

public sealed class EpochCatalogTests
{
    [Fact]
    public void Committed_WithoutAFolder_IsEmpty()
    {
        Assert.Empty(EpochCatalog.Committed("/no/such/job"));
        Assert.Equal(0, EpochCatalog.HighestNumber("/no/such/job"));
    }

    [Fact]
    public void Committed_OfAJobWithOtherThingsInItsFolder_FindsEpochsOnlyAndInOrder()
    {
        using var store = new TestStore();
        store.Commit(10);
        store.Commit(2);
        store.Fill(11, "node1");
        foreach (var folder in (string[])["epoch-3", "epoch-000004", "epoch-000000", "epoch-0000005", "logs", "epoch-000006.partial.partial"])
            Directory.CreateDirectory(Path.Combine(store.Job, folder));
        File.WriteAllText(Path.Combine(store.Job, "epoch-000007"), "a file");

        Assert.Equal([2, 10], EpochCatalog.Committed(store.Job).Select(e => e.Epoch));
        Assert.Equal(Path.Combine(store.Job, "epoch-000002"), EpochCatalog.Committed(store.Job)[0].Path);
    }

    [Fact]
    public void HighestNumber_CountsEpochsThatWereNeverCommitted_SoThatNoNumberIsUsedTwice()
    {
        using var store = new TestStore();
        store.Commit(2);
        store.Fill(11, "node1");

        Assert.Equal(11, EpochCatalog.HighestNumber(store.Job));
    }
}
