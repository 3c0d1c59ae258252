using System.Runtime.InteropServices;

namespace HpcCr.Linux.Tests.Files;

public sealed partial class FileBeneathReadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpccr-read-").FullName;

    [Fact]
    public void Read_OfASmallFile_GivesItsBytes()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "text");

        Assert.Equal("text"u8.ToArray(), FileBeneath.Read(_folder, "file", 4));
    }

    [Theory]
    [InlineData("pipe", Errno.EINVAL)]
    [InlineData("link", Errno.ELOOP)]
    [InlineData("device", Errno.ELOOP)]
    [InlineData("folder", Errno.EINVAL)]
    [InlineData("large", Errno.EFBIG)]
    [InlineData("absent", Errno.ENOENT)]
    public void Read_OfSomethingElse_FailsAtOnce(string kind, int errno)
    {
        var path = Path.Combine(_folder, "file");
        switch (kind)
        {
            case "pipe":
                Assert.Equal(0, MakePipe(path, 0x180));
                break;
            case "link":
                File.WriteAllText(Path.Combine(_folder, "other"), "");
                File.CreateSymbolicLink(path, "other");
                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "large":
                File.WriteAllText(path, "12345");
                break;
        }

        Assert.Equal(errno, Assert.Throws<LinuxException>(() => FileBeneath.Read(_folder, "file", 4)).Errno);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);
}
