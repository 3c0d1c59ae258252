namespace HpcCr.Rpc.Tests;

public sealed class ClusterKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Create_WritesAFileForItsOwnerOnly_ThatLoadsAsTheSameKey()
    {
        using var created = ClusterKey.Create(_folder.File("key"));
        using var loaded = ClusterKey.Load(_folder.File("key"));
        Assert.Equal(created.Fingerprint, loaded.Fingerprint);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("key")));
    }

    [Fact]
    public void Create_WhenTheFileExists_LeavesItAlone()
    {
        using var first = ClusterKey.Create(_folder.File("key"));
        Assert.Throws<IOException>(() => ClusterKey.Create(_folder.File("key")));
        using var loaded = ClusterKey.Load(_folder.File("key"));
        Assert.Equal(first.Fingerprint, loaded.Fingerprint);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void Load_WhenOthersMayReachTheFile_RefusesIt(UnixFileMode tooMuch)
    {
        var path = _folder.File("key");
        ClusterKey.Create(path).Dispose();
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | tooMuch);
        var failure = Assert.Throws<ClusterKeyException>(() => ClusterKey.Load(path));
        Assert.Contains("others may use the cluster's key", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhenTheFileMayOnlyBeRead_AcceptsIt()
    {
        ClusterKey.Create(_folder.File("key")).Dispose();
        File.SetUnixFileMode(_folder.File("key"), UnixFileMode.UserRead);
        ClusterKey.Load(_folder.File("key")).Dispose();
    }

    [Fact]
    public void Load_WhenAnotherUserOwnsTheFile_RefusesIt()
    {
        Assert.SkipUnless(FileStatus.CurrentUser() == 0, "only root can give a file away");
        var path = _folder.File("key");
        ClusterKey.Create(path).Dispose();
        using (var chown = System.Diagnostics.Process.Start("chown", ["65534", path]))
            chown.WaitForExit();
        var failure = Assert.Throws<ClusterKeyException>(() => ClusterKey.Load(path));
        Assert.Contains("belongs to user 65534", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Load_WhenTheFileHoldsNoKey_SaysSo(string content)
    {
        var path = _folder.File("key");
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("is no cluster key", Assert.Throws<ClusterKeyException>(() => ClusterKey.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WhenThereIsNoFile_SaysSo() =>
        Assert.Contains("cannot be read", Assert.Throws<ClusterKeyException>(() => ClusterKey.Load(_folder.File("none"))).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();
}
