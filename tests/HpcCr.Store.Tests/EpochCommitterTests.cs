using HpcCr.Core;

namespace HpcCr.Store.Tests;

public sealed class EpochCommitterTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Commit_OfAnEpoch_MakesItReadableAndWhole()
    {
        using var store = new TestStore();

        var path = store.Commit(1);

        Assert.Equal(Path.Combine(store.Job, "epoch-000001"), path);
        Assert.Equal([path], Directory.EnumerateDirectories(store.Job).Where(d => Path.GetFileName(d) != "latest"));
        var manifest = EpochReader.ReadManifest(path);
        Assert.Equal(1, manifest.Epoch);
        Assert.Empty(await EpochVerifier.VerifyAsync(path, manifest, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("epoch-000001", new FileInfo(Path.Combine(store.Job, "latest")).LinkTarget);
        Assert.Equal(Private, File.GetUnixFileMode(Path.Combine(path, "manifest.json")));
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(path, "restart.sh")));
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Commit_OfALaterEpoch_MovesLatest()
    {
        using var store = new TestStore();
        store.Commit(1);
        store.Commit(2);

        Assert.Equal("epoch-000002", new FileInfo(Path.Combine(store.Job, "latest")).LinkTarget);
        Assert.Equal([1, 2], EpochCatalog.Committed(store.Job).Select(e => e.Epoch));
    }

    [Fact]
    public void Commit_MakesEverythingDurableInTheOrderThatCounts()
    {
        using var store = new TestStore();
        List<string> steps = [];
        var manifest = store.Fill(1, "node1", "node2");

        TestStore.Committer(folder => steps.Add($"{Path.GetRelativePath(store.Job, folder)} {EpochCatalog.Committed(store.Job).Count}")).Commit(store.Job, manifest);

        // The folder, and how many epochs there were when it was synced: the last is after the rename.
        Assert.Equal(["epoch-000001.partial/node1 0", "epoch-000001.partial/node2 0", "epoch-000001.partial 0", ". 1"], steps);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Commit_ThatFailsAtAnyPoint_LeavesTheLastGoodEpochAndCanBeDiscarded(int failing)
    {
        using var store = new TestStore();
        store.Commit(1);
        var manifest = store.Fill(2, "node1", "node2");
        var step = 0;

        Assert.Throws<IOException>(() => TestStore.Committer(_ =>
        {
            if (++step == failing)
                throw new IOException("no space");
        }).Commit(store.Job, manifest));

        Assert.Equal([1], EpochCatalog.Committed(store.Job).Select(e => e.Epoch));
        Assert.Equal(2, EpochCatalog.HighestNumber(store.Job));
        Assert.Equal("epoch-000001", new FileInfo(Path.Combine(store.Job, "latest")).LinkTarget);
        TestStore.Committer().Discard(store.Job, 2);
        Assert.False(Directory.Exists(Path.Combine(store.Job, "epoch-000002.partial")));
        Assert.Equal(Path.Combine(store.Job, "epoch-000002"), store.Commit(2));
    }

    [Fact]
    public void Commit_CutShortAtAnyFile_IsNoEpoch()
    {
        using var store = new TestStore();
        store.Fill(1, "node1");
        var partial = Path.Combine(store.Job, "epoch-000001.partial");
        File.WriteAllText(Path.Combine(partial, "restart.sh"), "#!/bin/sh");
        Assert.Empty(EpochCatalog.Committed(store.Job));
        File.WriteAllText(Path.Combine(partial, "manifest.json"), "{");
        Assert.Empty(EpochCatalog.Committed(store.Job));
    }

    [Fact]
    public void Commit_OverAnEpochThatExists_ChangesNothing()
    {
        using var store = new TestStore();
        var path = store.Commit(1);
        var before = File.ReadAllText(Path.Combine(path, "node1/core-1.img"));
        var manifest = store.Fill(1, "node1");
        File.WriteAllText(Path.Combine(store.Job, "epoch-000001.partial/node1/core-1.img"), "other");

        Assert.ThrowsAny<IOException>(() => TestStore.Committer().Commit(store.Job, manifest));

        Assert.Equal(before, File.ReadAllText(Path.Combine(path, "node1/core-1.img")));
        Assert.Equal(2, EpochReader.ReadManifest(path).Nodes.Count);
    }

    [Fact]
    public void Commit_WhenLatestIsSomethingElse_StandsAllTheSame()
    {
        using var store = new TestStore();
        Directory.CreateDirectory(Path.Combine(store.Job, "latest", "of a person"));

        store.Commit(1);

        Assert.Equal([1], EpochCatalog.Committed(store.Job).Select(e => e.Epoch));
        Assert.True(Directory.Exists(Path.Combine(store.Job, "latest", "of a person")));
    }

    [Fact]
    public void Begin_OfSeveralNodes_IsOneFolder()
    {
        using var store = new TestStore();

        Assert.Equal(TestStore.Committer().Begin(store.Job, 7), TestStore.Committer().Begin(store.Job, 7));
    }

    [Fact]
    public void Discard_OfNothing_DoesNothing_AndNeverTouchesACommittedEpoch()
    {
        using var store = new TestStore();
        store.Commit(1);

        TestStore.Committer().Discard(store.Job, 1);

        Assert.Equal([1], EpochCatalog.Committed(store.Job).Select(e => e.Epoch));
    }

    [Fact]
    public void ReadManifest_OfAFolderWithoutOne_IsNotFound()
    {
        using var store = new TestStore();
        Assert.Equal(FailureKind.NotFound, Assert.Throws<HpcCrException>(() => EpochReader.ReadManifest(store.Job)).Kind);
        Assert.Equal(FailureKind.NotFound, Assert.Throws<HpcCrException>(() => EpochReader.ReadManifest("/no/such/epoch")).Kind);
    }

    [Fact]
    public void ReadManifest_OfAnotherEpochsFolder_IsDamaged()
    {
        using var store = new TestStore();
        Directory.Move(store.Commit(1), Path.Combine(store.Job, "epoch-000009"));

        var failure = Assert.Throws<HpcCrException>(() => EpochReader.ReadManifest(Path.Combine(store.Job, "epoch-000009/")));

        Assert.Equal(FailureKind.Damaged, failure.Kind);
        Assert.Contains("manifest of epoch 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadManifest_ThatIsCut_IsDamaged()
    {
        using var store = new TestStore();
        var path = store.Commit(1);
        using (var stream = File.OpenWrite(Path.Combine(path, "manifest.json")))
            stream.SetLength(stream.Length / 2);

        Assert.Equal(FailureKind.Damaged, Assert.Throws<HpcCrException>(() => EpochReader.ReadManifest(path)).Kind);
    }
}
