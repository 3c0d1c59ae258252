using System.Buffers.Binary;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests;

/// <summary>The kernel feature cache, made in a folder of the test and never in /run.</summary>
public sealed class KernelFeatureCacheTests : IDisposable
{
    private const uint Magic = 0x57023458;
    private readonly TestFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EnsureAsync_MakesIt_KeepsIt_AndMakesItAnewWhenItIsOlderThanTheKernel()
    {
        Assert.SkipUnless(Environment.UserName == "root", "a private /run needs root");
        string criu;
        try
        {
            criu = (await CriuInstallation.FindAsync(cancellationToken: Token)).Path;
        }
        catch (EngineNotFoundException e)
        {
            Assert.Skip(e.Message);
            return;
        }

        var file = _folder.File("criu.kdat");
        Assert.Null(await KernelFeatureCache.EnsureAsync(criu, _folder.Path, Token));
        Assert.Equal(Magic, BinaryPrimitives.ReadUInt32LittleEndian(await File.ReadAllBytesAsync(file, Token)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        var made = File.GetLastWriteTimeUtc(file);
        Assert.Null(await KernelFeatureCache.EnsureAsync(criu, _folder.Path, Token));
        Assert.Equal(made, File.GetLastWriteTimeUtc(file));

        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.Null(await KernelFeatureCache.EnsureAsync(criu, _folder.Path, Token));
        Assert.True(File.GetLastWriteTimeUtc(file) >= made);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task EnsureAsync_OfAnEngineThatMakesNone_SaysSo()
    {
        Assert.SkipUnless(Environment.UserName == "root", "a private /run needs root");
        var fault = await KernelFeatureCache.EnsureAsync("/bin/true", _folder.Path, Token);
        Assert.Contains("could not be made", fault, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
