using System.Buffers.Binary;
using HpcCr.Criu.Images;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests.Images;

/// <summary>Whole images of a real dump, written again and damaged.</summary>
public sealed class ImageDocumentTests(VictimProgram program) : IClassFixture<VictimProgram>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_OfEveryImageOfADump_IsTheSameByteForByte()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var images = Directory.GetFiles(dump.Images, "*.img").Where(path => !Path.GetFileName(path).StartsWith("pages-", StringComparison.Ordinal)).ToList();
        var types = new HashSet<uint>();
        foreach (var path in images)
        {
            var document = ImageDocument.Read(path);
            types.Add(document.Magic);
            document.Write(path + ".copy");
            var (before, after) = (await File.ReadAllBytesAsync(path, Token), await File.ReadAllBytesAsync(path + ".copy", Token));
            Assert.True(Enumerable.SequenceEqual(before, after), path);
            Assert.All(document.Entries, entry => Assert.True(WireMessage.Parse(entry.Message).ToArray().AsSpan().SequenceEqual(entry.Message.Span)));
        }

        Assert.Superset(
            new HashSet<uint>
            {
                ImageMagic.Inventory, ImageMagic.Tasks, ImageMagic.Core, ImageMagic.Memory, ImageMagic.Files, ImageMagic.Descriptors,
                ImageMagic.PageMap, ImageMagic.TcpStream,
            },
            types);
    }

    [Fact]
    public async Task Write_ToAFileThatExists_IsRefusedAndReplaceKeepsItsMode()
    {
        using var dump = await Dump.OfAsync(program, "stay");
        var path = Path.Combine(dump.Images, "files.img");
        var document = ImageDocument.Read(path, ImageMagic.Files);
        Assert.Throws<IOException>(() => document.Write(path));
        document.Entries.RemoveAt(0);
        document.Replace(path);
        Assert.Equal(document.Entries.Count, ImageDocument.Read(path, ImageMagic.Files).Entries.Count);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(dump.Images, "files.img*"));
    }

    [Fact]
    public void Read_OfAnotherType_NamesTheFileAndBothTypes()
    {
        using var folder = new TestFolder();
        File.WriteAllBytes(folder.File("x.img"), [.. Number(ImageMagic.Common), .. Number(ImageMagic.Mounts)]);
        var fault = Assert.Throws<ImageFormatException>(() => ImageDocument.Read(folder.File("x.img"), ImageMagic.Files));
        Assert.Equal($"{folder.File("x.img")}: is an image of type 55563928, expected 56303138", fault.Message);
    }

    [Fact]
    public void Read_OfQueuesThatClaimGigabytes_AllocatesLittle()
    {
        byte[] entry = [0x08, 0xff, 0xff, 0xff, 0xff, 0x03, 0x18, 0x00]; // inq_len 2^30 - 1, outq_len 0
        byte[] image = [.. Number(ImageMagic.Common), .. Number(ImageMagic.TcpStream), .. Number((uint)entry.Length), .. entry, 1, 2, 3];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => ImageDocument.Read(new MemoryStream(image)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task Readers_OfImagesDamagedAtRandom_ThrowNothingButImageFormat()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var random = new Random(20260318);
        var paths = Directory.GetFiles(dump.Images, "tcp-stream-*.img").Append(Path.Combine(dump.Images, "files.img")).ToArray();
        var refused = 0;
        for (var round = 0; round < 1500; round++)
        {
            // Half of the rounds damage files.img, which all readers of sockets begin with.
            var path = round % 2 == 0 ? paths[^1] : paths[random.Next(paths.Length)];
            var whole = await File.ReadAllBytesAsync(path, Token);
            await File.WriteAllBytesAsync(path, Damage.Of(whole, random), Token);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var fault = Record.Exception(() =>
            {
                InetSocketsImage.Read(dump.Images);
                TcpStreamImage.ReadAll(dump.Images);
                ImageDocument.Read(path);
            });
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
            await File.WriteAllBytesAsync(path, whole, Token);
            if (fault is null) continue;
            Assert.IsType<ImageFormatException>(fault);
            Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
            refused++;
        }

        Assert.InRange(refused, 500, 1500);
    }

    private static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }
}
