using HpcCr.Linux;

namespace HpcCr.Launcher.Tests.Files;

public sealed class FileUseTests : IDisposable
{
    private const int Append = 0x400;
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("hpccr-use-").FullName, "file");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Theory]
    [InlineData(1, 100, false)] // a log without O_APPEND, at its end
    [InlineData(1, 150, false)] // beyond it
    [InlineData(1, 99, true)]
    [InlineData(1, 0, true)]
    [InlineData(2, 100, true)]
    [InlineData(1 | Append, 0, false)]
    [InlineData(2 | Append, 0, false)]
    [InlineData(0, 0, false)]
    [InlineData(2, null, true)] // a mapping
    public void AFile_IsRewritten_WhenBytesBeforeItsEndMayBe(int flags, int? offset, bool rewrites) =>
        Assert.Equal(rewrites, new FileUse("/file", "", flags, offset).Rewrites(100));

    [Fact]
    public void AProcess_TellsItsDescriptorsAndSharedMappings()
    {
        File.WriteAllText(_path, new string('x', 5000));
        using var file = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = 17;
        using var mapping = System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile(file, null, 5000, System.IO.MemoryMappedFiles.MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        using var view = mapping.CreateViewAccessor();

        var uses = FileUse.Of(Environment.ProcessId).Where(use => use.Path == _path).ToList();

        Assert.Contains(uses, use => use is { Offset: 17 or 0, IsWritable: true, IsDeleted: false });
        var mapped = Assert.Single(uses, use => use.Offset is null);
        Assert.True(!Environment.IsPrivilegedProcess || FileStamp.Of(mapped.Link) is { Size: 5000 });
        File.Delete(_path);
        Assert.All(FileUse.Of(Environment.ProcessId).Where(use => use.Name == _path), use => Assert.True(use.IsDeleted));
    }

    [Fact]
    public void Contents_AreTakenOver_OnlyIfNothingShowsAWrite()
    {
        File.WriteAllText(_path, "contents");
        File.SetLastWriteTimeUtc(_path, DateTime.UtcNow.AddHours(-1));
        var stamp = FileStamp.Of(_path)!.Value;
        const long Second = 1_000_000_000;
        Assert.True(new KeptContents(stamp, stamp.ChangedNs + (3 * Second), "", "").AreThoseOf(stamp));
        // Stored in the same step of a coarse clock as the last write.
        Assert.False(new KeptContents(stamp, stamp.ChangedNs + Second, "", "").AreThoseOf(stamp));
        File.WriteAllText(_path, "CONTENTS");
        Assert.False(new KeptContents(stamp, stamp.ChangedNs + (3 * Second), "", "").AreThoseOf(FileStamp.Of(_path)!.Value));
    }

    [Fact]
    public void Inputs_AreReadOnce_AndAgainWhenTheyChange()
    {
        File.WriteAllText(_path, "one");
        var first = InputHashes.Of(_path, out var modified);
        Assert.Equal(64, first!.Length);
        Assert.NotEqual(0, modified);
        Assert.Equal(first, InputHashes.Of(_path, out _));
        File.WriteAllText(_path, "two");
        Assert.NotEqual(first, InputHashes.Of(_path, out _));
        Assert.Null(InputHashes.Of("/dev/null", out _));
        Assert.Null(InputHashes.Of(_path + "x", out _));
    }
}
