using HpcCr.Core;

namespace HpcCr.Launcher.Tests;

public sealed class StagingFoldersTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly TestNode _node = new();

    private string Disk => Path.Combine(_node.Root, "disk");

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Create_OfASmallEpoch_IsInMemory()
    {
        var folder = StagingFolders.Create(_node.Job(), 3, 1 << 20);

        Assert.Equal(Path.Combine(_node.Layout.Staging, "epoch-000003"), folder);
        Assert.Equal(Private, File.GetUnixFileMode(folder));
    }

    [Fact]
    public void Create_WithAFolderOfTheAdministrators_IsThereAndApartForEveryNodeAndJob() => Assert.Equal(
        Path.Combine(Disk, "node2", "stencil", "epoch-000003"), StagingFolders.Create(_node.Job(staging: Disk), 3, 1 << 20));

    [Fact]
    public void Create_WithoutRoom_SaysHowMuchAndWhatToDo()
    {
        var failure = Assert.Throws<HpcCrException>(() => StagingFolders.Create(_node.Job(staging: Disk), 3, 1L << 60));

        Assert.Equal(FailureKind.Failed, failure.Kind);
        Assert.Contains($"needs about {(1L << 60) >> 20} MiB; nothing was frozen", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--staging", failure.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OverWhatAnEarlierAttemptLeft_IsEmpty()
    {
        File.WriteAllText(Path.Combine(StagingFolders.Create(_node.Job(), 3, 1), "left"), "x");

        Assert.Empty(Directory.EnumerateFileSystemEntries(StagingFolders.Create(_node.Job(), 3, 1)));
    }

    [Fact]
    public void Remove_OfTheLastEpoch_RemovesTheJobsFolderToo_AndTwiceIsOnce()
    {
        var first = StagingFolders.Create(_node.Job(), 3, 1);
        var second = StagingFolders.Create(_node.Job(), 4, 1);

        StagingFolders.Remove(first);
        Assert.True(Directory.Exists(second));
        StagingFolders.Remove(second);
        StagingFolders.Remove(second);

        Assert.False(Directory.Exists(_node.Layout.Staging));
    }

    [Fact]
    public void SizeOf_OfFilesThatComeAndGoAndLinksToNowhere_CountsWhatIsThere()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_node.Root, "tmp", "deep")).Parent!.FullName;
        File.WriteAllBytes(Path.Combine(folder, "a"), new byte[1000]);
        File.WriteAllBytes(Path.Combine(folder, "deep", "b"), new byte[234]);
        File.CreateSymbolicLink(Path.Combine(folder, "dangling"), "/no/such/file");
        File.CreateSymbolicLink(Path.Combine(folder, "loop"), folder);

        Assert.Equal(1234, StagingFolders.SizeOf(folder));
        Assert.Equal(0, StagingFolders.SizeOf(Path.Combine(folder, "gone")));
    }
}
