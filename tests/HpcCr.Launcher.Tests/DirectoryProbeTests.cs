using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using ProbeAction = HpcCr.Protocol.V1.ProbeDirectory.Types.Action;

namespace HpcCr.Launcher.Tests;

/// <summary>As root, for users that are in no database.</summary>
public sealed class DirectoryProbeTests : IDisposable
{
    private const uint First = 4242;
    private const uint Second = 4243;
    private readonly string _checkpoints = Directory.CreateTempSubdirectory("hpccr-probe-").FullName;

    public DirectoryProbeTests() => File.SetUnixFileMode(_checkpoints, (UnixFileMode)0b001_111_111_111);

    private string Folder => Path.Combine(_checkpoints, "solver");

    [Fact]
    public void Write_OfTheFirstUserOfAName_MakesTheFolder_AndAgain()
    {
        for (var i = 0; i < 2; i++)
            Probe(First);

        Assert.Equal(First, FileFacts.Of(Folder)?.Uid);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(Folder).Count());
    }

    [Theory]
    [InlineData(Second, 0b111_000_000)]
    [InlineData(Second, 0b111_111_111)]
    [InlineData(0u, 0b111_000_000)]
    public void Write_ToAFolderOfAnotherUser_IsRefusedWithTheRemedy_AndLeavesNothing(uint user, int mode)
    {
        Probe(First);
        File.SetUnixFileMode(Folder, (UnixFileMode)mode);
        var before = Directory.GetFileSystemEntries(Folder);

        var refused = Assert.Throws<HpcCrException>(() => Probe(user));

        Assert.Equal((Core.FailureKind.NotAllowed, $"the folder {Folder} belongs to user {First}"), (refused.Kind, refused.Message));
        Assert.Contains("--name", refused.Next, StringComparison.Ordinal);
        Assert.Contains("--ckpt-dir", refused.Next, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void Write_ByRootThroughALinkOfAUsers_IsRefused()
    {
        var target = Directory.CreateDirectory(Path.Combine(_checkpoints, "roots")).FullName;
        File.CreateSymbolicLink(Folder, target);
        FileOwner.Set(Folder, First, First);

        Assert.Equal(Core.FailureKind.NotAllowed, Assert.Throws<HpcCrException>(() => Probe(0)).Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
    }

    public void Dispose() => Directory.Delete(_checkpoints, recursive: true);

    private void Probe(uint user) =>
        DirectoryProbe.Run(new ProbeDirectory { Path = _checkpoints, Uid = user, Gid = user, Token = Guid.NewGuid().ToString("N"), Action = ProbeAction.Write }, "solver");
}
