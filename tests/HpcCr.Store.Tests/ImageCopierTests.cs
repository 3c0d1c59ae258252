using System.Diagnostics;
using HpcCr.Core;

namespace HpcCr.Store.Tests;

public sealed class ImageCopierTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TestStore _store = new();

    public ImageCopierTests()
    {
        Directory.CreateDirectory(Path.Combine(Staging, "shm", "deep"));
        File.WriteAllText(Path.Combine(Staging, "core-1.img"), "memory");
        File.WriteAllText(Path.Combine(Staging, "empty.img"), "");
        File.WriteAllText(Path.Combine(Staging, "shm", "deep", "a b'c"), "shared");
        // More than one buffer, and not a multiple of it.
        File.WriteAllBytes(Path.Combine(Staging, "pages-1.img"), Enumerable.Range(0, (3 << 20) + 17).Select(i => (byte)(i * 31)).ToArray());
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Staging => _store["staging"];

    private string Epoch => _store["epoch"];

    private string Sealed => Path.Combine(Epoch, "node1");

    private string Unsealed => _store["unsealed"];

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task SealAsync_OfAFolder_CopiesAndDescribesEveryFile()
    {
        var records = await SealAsync();

        Assert.Equal(["core-1.img", "empty.img", "pages-1.img", "shm/deep/a b'c"], records.Select(r => r.Path));
        Assert.Equal([6, 0, (3 << 20) + 17, 6], records.Select(r => r.Size));
        Assert.Equal(TestStore.Sha256("memory"), records[0].Sha256);
        Assert.Equal(TestStore.Sha256(""), records[1].Sha256);
        foreach (var record in records)
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Staging, record.Path), Cancelled), await File.ReadAllBytesAsync(Path.Combine(Sealed, record.Path), Cancelled));
            Assert.Equal(Private, File.GetUnixFileMode(Path.Combine(Sealed, record.Path)));
        }

        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Sealed, "shm")));
    }

    [Fact]
    public async Task SealAsync_OverAFileOfAnEarlierAttempt_IsRefused()
    {
        Directory.CreateDirectory(Sealed);
        await File.WriteAllTextAsync(Path.Combine(Sealed, "core-1.img"), "old", Cancelled);

        await Assert.ThrowsAnyAsync<IOException>(SealAsync);

        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(Sealed, "core-1.img"), Cancelled));
    }

    [Fact]
    public async Task SealAsync_ThroughALinkThatWaitsInTheStore_IsRefused()
    {
        Directory.CreateDirectory(Sealed);
        File.CreateSymbolicLink(Path.Combine(Sealed, "core-1.img"), _store["elsewhere"]);

        await Assert.ThrowsAnyAsync<IOException>(SealAsync);

        Assert.False(File.Exists(_store["elsewhere"]));
    }

    [Fact]
    public async Task SealAsync_WhenCancelled_Stops() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ImageCopier.SealAsync(Staging, Sealed, TestStore.Access, new CancellationToken(canceled: true)));

    [Fact]
    public async Task UnsealAsync_OfWhatWasSealed_BringsItBack()
    {
        var records = await SealAsync();

        await UnsealAsync(records);

        foreach (var record in records)
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Staging, record.Path), Cancelled), await File.ReadAllBytesAsync(Path.Combine(Unsealed, record.Path), Cancelled));
            Assert.Equal(Private, File.GetUnixFileMode(Path.Combine(Unsealed, record.Path)));
        }
    }

    [Fact]
    public async Task UnsealAsync_LeavesOutWhatTheManifestDoesNotName()
    {
        var records = await SealAsync();
        await File.WriteAllTextAsync(Path.Combine(Sealed, "extra.img"), "x", Cancelled);

        await UnsealAsync(records);

        Assert.False(File.Exists(Path.Combine(Unsealed, "extra.img")));
    }

    [Theory]
    [InlineData("changed", "is not what was written")]
    [InlineData("longer", "has 7 bytes instead of 6")]
    [InlineData("shorter", "has 5 bytes instead of 6")]
    [InlineData("missing", "is missing")]
    [InlineData("link", "is a link")]
    [InlineData("folder link", "is a link, or behind one")]
    [InlineData("dangling", "is a link")]
    [InlineData("folder", "is no file")]
    [InlineData("pipe", "is no file")]
    public async Task UnsealAsync_OfAFileThatIsNotWhatWasSealed_IsDamagedAndNamesIt(string how, string expected)
    {
        var records = await SealAsync();
        Spoil(Path.Combine(Sealed, "core-1.img"), how);

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => UnsealAsync(records).WaitAsync(TimeSpan.FromSeconds(20), Cancelled));

        Assert.Equal(FailureKind.Damaged, failure.Kind);
        Assert.StartsWith(Path.Combine(Sealed, "core-1.img"), failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnsealAsync_OfAFolderThatIsGone_IsDamaged()
    {
        var records = await SealAsync();
        Directory.Delete(Path.Combine(Sealed, "shm"), recursive: true);

        Assert.Contains("is missing", (await Assert.ThrowsAsync<HpcCrException>(() => UnsealAsync(records))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("changed", "is not what was written")]
    [InlineData("longer", "has 7 bytes instead of 6")]
    [InlineData("missing", "is missing")]
    [InlineData("link", "is a link")]
    [InlineData("pipe", "is no regular file")]
    public async Task VerifyAsync_OfAFileThatIsNotWhatWasSealed_SaysSo(string how, string expected)
    {
        var (path, manifest) = await CommitAsync();
        Spoil(Path.Combine(path, "node1", "core-1.img"), how);

        var faults = await VerifyAsync(path, manifest).WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        // What a link points at lies in the epoch as well, and is a stray of its own.
        Assert.Contains(expected, Assert.Single(faults, f => f.StartsWith("node1/core-1.img ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_OfAnEpochWithSeveralFaults_NamesThemAll()
    {
        var (path, manifest) = await CommitAsync();
        Spoil(Path.Combine(path, "node1", "core-1.img"), "changed");
        Directory.Delete(Path.Combine(path, "node1", "shm"), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(path, "node1", "extra"), "x", Cancelled);
        List<long> told = [];

        var faults = await EpochVerifier.VerifyAsync(path, manifest, new Told(told), Cancelled);

        Assert.Equal(["node1/core-1.img is not what was written (its SHA-256 differs)", "node1/shm/deep/a b'c is missing", "node1/extra is not in the manifest"], faults);
        Assert.Equal(manifest.TotalBytes, told[^1]);
    }

    [Fact]
    public async Task VerifyAsync_OfAnEpochWithoutANodesFolder_NamesEveryFile()
    {
        var (path, manifest) = await CommitAsync();
        Directory.Delete(Path.Combine(path, "node1"), recursive: true);

        Assert.Equal(4, (await VerifyAsync(path, manifest)).Count);
    }

    private static Task<IReadOnlyList<string>> VerifyAsync(string path, Manifest manifest) => EpochVerifier.VerifyAsync(path, manifest, cancellationToken: Cancelled);

    private static void Spoil(string path, string how)
    {
        var text = File.ReadAllText(path);
        File.Delete(path);
        switch (how)
        {
            case "changed": File.WriteAllText(path, new string('x', text.Length)); break;
            case "longer": File.WriteAllText(path, text + "x"); break;
            case "shorter": File.WriteAllText(path, text[1..]); break;
            // A link to the very same bytes is refused all the same: it can be turned while it is read.
            case "link":
                var real = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path))!, "real");
                File.WriteAllText(real, text);
                File.CreateSymbolicLink(path, real);
                break;
            case "folder link":
                var moved = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path))!, "elsewhere");
                File.WriteAllText(path, text);
                Directory.Move(Path.GetDirectoryName(path)!, moved);
                Directory.CreateSymbolicLink(Path.GetDirectoryName(path)!, moved);
                break;
            case "dangling": File.CreateSymbolicLink(path, "/no/such/file"); break;
            case "folder": Directory.CreateDirectory(path); break;
            case "pipe": using (var made = Process.Start("mkfifo", [path])) made.WaitForExit(); break;
            case "missing": break;
            default: throw new ArgumentOutOfRangeException(nameof(how));
        }
    }

    private Task<IReadOnlyList<ImageRecord>> SealAsync() => ImageCopier.SealAsync(Staging, Sealed, TestStore.Access, Cancelled);

    private Task UnsealAsync(IReadOnlyList<ImageRecord> records) => ImageCopier.UnsealAsync(
        Epoch, new ManifestNode { Node = "node1", Addresses = [], Files = records }, Unsealed, TestStore.Access, Cancelled);

    private async Task<(string Path, Manifest Manifest)> CommitAsync()
    {
        var manifest = _store.Fill(1, "node1");
        var node = Path.Combine(_store.Job, "epoch-000001.partial", "node1");
        Directory.Delete(node, recursive: true);
        var records = await ImageCopier.SealAsync(Staging, node, TestStore.Access, Cancelled);
        manifest = manifest with { Nodes = [manifest.Nodes[0] with { Files = records }] };
        return (TestStore.Committer().Commit(_store.Job, manifest), manifest);
    }

    private sealed class Told(List<long> values) : IProgress<long>
    {
        public void Report(long value) => values.Add(value);
    }
}
