using System.Diagnostics;

namespace HpcCr.Linux.Tests.Files;

public sealed class FileContentsTests : IDisposable
{
    private const int MiB = 1 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("hpccr-contents-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Copy_KeepsContentsAndHoles()
    {
        var (from, to) = (Path.Combine(_folder, "from"), Path.Combine(_folder, "to"));
        using (var file = File.OpenHandle(from, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, "begin"u8, 0);
            RandomAccess.Write(file, "middle"u8, 20 * MiB);
            RandomAccess.SetLength(file, 64 * MiB);
        }

        using (var source = File.OpenHandle(from))
        using (var target = File.OpenHandle(to, FileMode.CreateNew, FileAccess.Write))
            FileContents.Copy(source, target, CancellationToken.None);

        Assert.Equal(File.ReadAllBytes(from), File.ReadAllBytes(to));
        Assert.True(FileStamp.Of(to)!.Value.Occupied < MiB);
    }

    [Fact]
    public void Clone_WhereTheFileSystemCannot_LeavesTheTargetAlone()
    {
        using var source = File.OpenHandle("/proc/self/status");
        using var target = File.OpenHandle(Path.Combine(_folder, "to"), FileMode.CreateNew, FileAccess.ReadWrite);

        Assert.False(FileContents.TryClone(source, target));
        Assert.Equal(0, RandomAccess.GetLength(target));
    }

    [Fact]
    public void Clone_OnBtrfs_SharesTheContents()
    {
        var mounted = MountedBtrfs();
        try
        {
            var (from, to) = (Path.Combine(mounted, "from"), Path.Combine(mounted, "to"));
            File.WriteAllBytes(from, new byte[32 * MiB]);
            using (var source = File.OpenHandle(from))
            using (var target = File.OpenHandle(to, FileMode.CreateNew, FileAccess.Write))
            {
                var before = FreeSpace.Of(mounted);
                Assert.True(FileContents.TryClone(source, target));
                Assert.True(before - FreeSpace.Of(mounted) < MiB);
            }

            File.WriteAllText(from, "something else");
            Assert.Equal(32 * MiB, new FileInfo(to).Length);
        }
        finally
        {
            Run("umount", mounted);
        }
    }

    private string MountedBtrfs()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "to mount a file system takes root");
        var (image, mounted) = (Path.Combine(_folder, "image"), Directory.CreateDirectory(Path.Combine(_folder, "mounted")).FullName);
        using (var file = File.OpenHandle(image, FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(file, 256 * MiB);
        var obstacle = Run("mkfs.btrfs", "-q", image) ?? Run("mount", "-o", "loop", image, mounted);
        Assert.SkipWhen(obstacle is not null, $"no btrfs can be mounted here: {obstacle}");
        return mounted;
    }

    // Null: done; else why not.
    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program}: {said.Split('\n')[0]}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
