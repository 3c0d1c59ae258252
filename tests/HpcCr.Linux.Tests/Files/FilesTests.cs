using System.Net.Sockets;
using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Files;

public sealed class FilesTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Open = Private | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    [Fact]
    public void Write_OverAnOlderFile_ReplacesItWithTheModeAskedFor()
    {
        using var folder = new TestFolder();
        AtomicFile.Write(folder["state"], "old and long"u8, Private);
        Assert.Equal(Private, File.GetUnixFileMode(folder["state"]));
        using FileStream older = File.OpenRead(folder["state"]);

        AtomicFile.Write(folder["state"], "new"u8, Open);

        Assert.Equal("new", File.ReadAllText(folder["state"]));
        Assert.Equal(Open, File.GetUnixFileMode(folder["state"]));
        Assert.Equal(12, older.Length);
        Assert.Equal([folder["state"]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_WhenItCannotBePutInPlace_LeavesNothingBehind()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["state/inside"]);

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(folder["state"], "new"u8, Private));
        Assert.Equal("ENOENT", Assert.Throws<LinuxException>(() => AtomicFile.Write(folder["no/state"], "new"u8, Private)).ErrnoName);

        Assert.Equal([folder["state"]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void SyncDirectory_OfAFile_IsRefused()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["file"], "x");
        Durable.SyncDirectory(folder.Path);
        Durable.SyncFile(folder["file"]);

        Assert.Equal("ENOTDIR", Assert.Throws<LinuxException>(() => Durable.SyncDirectory(folder["file"])).ErrnoName);
        Assert.Equal("ENOENT", Assert.Throws<LinuxException>(() => Durable.SyncFile(folder["none"])).ErrnoName);
    }

    [Fact]
    public async Task Set_OnALink_ChangesTheLinkAndNotItsTarget()
    {
        Needs.Root();
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["file"], "x", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(folder["link"], folder["file"]);

        FileOwner.Set(folder["link"], 12345, 23456);

        Assert.Equal("0:0 12345:23456", (await Shell.RunAsync($"stat -c %u:%g {folder["file"]} {folder["link"]} | xargs")).Text);
    }

    [Fact]
    public async Task OpenAt_OntoFixedNumbers_IsInheritedByWhatIsExecuted()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["target"], "before ", TestContext.Current.CancellationToken);

        (ExitStatus status, string text) = await TestRole.RunAsync("openat", $"TARGET={folder["target"]}");

        Assert.True(status.IsSuccess, text);
        Assert.Equal("before Linux\n", await File.ReadAllTextAsync(folder["target"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Create_APair_KeepsMessagesApartAndClosesOnExec()
    {
        (SafeSocketHandle ours, SafeSocketHandle theirs) = SeqPacketPair.Create();
        Assert.Equal((true, true), (ClosesOnExec(ours), ClosesOnExec(theirs)));
        using var left = new Socket(ours);
        using var right = new Socket(theirs);
        byte[] buffer = new byte[100];

        left.Send("first"u8);
        left.Send("second!"u8);

        Assert.Equal((5, 7), (right.Receive(buffer), right.Receive(buffer)));
    }

    [Fact]
    public void Credentials_OfAConnection_AreThePeersProcessAndUser()
    {
        using var folder = new TestFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(folder["socket"]));
        using Socket server = listener.Accept();

        PeerCredentials peer = UnixPeer.Credentials(server);

        Assert.Equal(Environment.ProcessId, peer.Pid);
        Assert.Equal(Environment.IsPrivilegedProcess, peer.Uid == 0);
    }

    [Fact]
    public void Of_AFileSystem_IsWhatUsersMayWrite()
    {
        using var folder = new TestFolder();
        long expected = new DriveInfo(folder.Path).AvailableFreeSpace;

        // Others write to the disk meanwhile.
        Assert.InRange(FreeSpace.Of(folder.Path), expected - (expected / 10), expected + (expected / 10));
        Assert.Equal("ENOENT", Assert.Throws<LinuxException>(() => FreeSpace.Of(folder["none"])).ErrnoName);
    }

    private static bool ClosesOnExec(SafeSocketHandle handle) =>
        File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal)).Contains("02000", StringComparison.Ordinal);
}
