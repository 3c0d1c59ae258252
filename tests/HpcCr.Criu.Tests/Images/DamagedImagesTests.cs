using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests.Images;

/// <summary>Everything that the product reads or rewrites of a dump, while any one of its images is damaged.</summary>
public sealed class DamagedImagesTests(VictimProgram program) : IClassFixture<VictimProgram>
{
    private const int Rounds = 700;
    private const long MostBytes = 32 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sockets", 1)]
    [InlineData("mounts", 2)]
    [InlineData("terminal", 3)]
    public async Task EveryReader_OfAnyImageThatIsDamaged_ReadsItOrThrowsImageFormat_WithinLittleMemory(string kind, int seed)
    {
        using var dump = await Dump.OfAsync(program, kind is "terminal" ? "stay" : kind);
        if (kind is "terminal")
            WriteByHand(dump.Images);
        var images = Directory.GetFiles(dump.Images, "*.img").Where(path => !Path.GetFileName(path).StartsWith("pages-", StringComparison.Ordinal)).ToDictionary(path => path, File.ReadAllBytes);
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var (path, whole) = images.ElementAt(random.Next(images.Count));
            var damaged = whole.Length == 0 ? [1] : Damage.Of(whole, random);
            await File.WriteAllBytesAsync(path, damaged, Token);
            foreach (var (name, read) in Readers(dump.Images, path))
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var fault = Record.Exception(read);
                Assert.True(fault is null or ImageFormatException, $"{name} of {Path.GetFileName(path)}, seed {seed}, round {round}: {fault}\n{Convert.ToHexString(damaged)}");
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
            }

            // Those that write have replaced it, perhaps.
            await File.WriteAllBytesAsync(path, whole, Token);
        }
    }

    private static IEnumerable<(string Name, Action Read)> Readers(string folder, string damaged) =>
    [
        ("files", () => FilesImage.Read(folder)),
        ("sockets", () => InetSocketsImage.Read(folder)),
        ("streams", () => TcpStreamImage.ReadAll(folder)),
        ("connections", () => ConnectionImages.Describe(folder, [new ConnectionRecord { Inode = 1, Local = "", Remote = "", State = "" }])),
        ("credentials", () => CredentialsImage.Read(folder)),
        ("ghosts", () => GhostFilesImage.Read(folder)),
        ("mounts", () => MountsImage.Read(folder)),
        ("document", () => ImageDocument.Read(damaged)),
        ("other sockets", () => InetSocketsImage.Rewrite(folder, socket => socket with { Source = new System.Net.IPEndPoint(socket.Source.Address, socket.Source.Port ^ 1) })),
        ("fewer mounts", () => MountsImage.RemoveWhere(folder, mount => mount.MountId % 2 == 0)),
        ("terminals", () => TerminalsImage.LeaveSession(folder, 42)),
    ];

    // What no task here has: a terminal, and a file that was deleted.
    private static void WriteByHand(string folder)
    {
        Write("tty-info.img", ImageMagic.Terminals, [0x08, 0x01, 0x10, 0x06, 0x18, 0x00, 0x20, 0x00, 0x28, 0x00, 0x30, 0x2a, 0x38, 0x2b, 0x40, 0x07]);
        Write("ghost-file-1.img", ImageMagic.GhostFile, [0x08, 0x01, 0x10, 0x02, 0x18, 0xa4, 0x83, 0x02]);

        void Write(string name, uint magic, byte[] entry) => File.WriteAllBytes(Path.Combine(folder, name),
            [.. BitConverter.GetBytes(ImageMagic.Common), .. BitConverter.GetBytes(magic), .. BitConverter.GetBytes(entry.Length), .. entry]);
    }
}
