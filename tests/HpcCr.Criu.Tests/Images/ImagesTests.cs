using System.Buffers.Binary;
using HpcCr.Criu.Images;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests.Images;

/// <summary>Images of a real dump, and damaged ones.</summary>
public sealed class ImagesTests(VictimProgram program) : IClassFixture<VictimProgram>, IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Images => _folder.Fresh("images");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_ListsTheOpenFileWithPositionSizeAndMode()
    {
        using var victim = await DumpAsync("grow");
        var file = Assert.Single(FilesImage.Read(Images), file => file.Path == _folder.File("victim.grow"));
        Assert.True(file is { IsWritable: true, IsFolder: false, IsMappedOnly: false, IsUnlinked: false, Uses: FileUses.Descriptor });
        Assert.Equal(file.Position, file.Size);
        Assert.Equal(0x81A4u, file.Mode);
    }

    [Fact]
    public async Task Read_OfALogOpenedForAppending_HasNoSizeAsTheEngineRecordsNone()
    {
        using var victim = await DumpAsync("append");
        var file = Assert.Single(FilesImage.Read(Images), file => file.Path == _folder.File("victim.append"));
        Assert.Null(file.Size);
        Assert.True(file.Position > 0);
    }

    [Fact]
    public async Task Read_TellsProgramsMappedFilesAndFoldersApart()
    {
        using var victim = await DumpAsync("stay");
        var files = FilesImage.Read(Images);
        var run = files.Where(file => file.Path == program.Path).ToList();
        Assert.Contains(run, file => file.Uses.HasFlag(FileUses.Executable));
        Assert.All(run, file => Assert.True(file.IsMappedOnly));
        Assert.Contains(files, file => file.Path.Contains("libc.so", StringComparison.Ordinal) && file.Uses == FileUses.Mapping);
        Assert.Contains(files, file => file is { Path: "/", IsFolder: true } && file.Uses.HasFlag(FileUses.WorkingFolder));
        Assert.All(files, file => Assert.NotEqual(FileUses.None, file.Uses));
    }

    [Fact]
    public async Task Read_MarksTheFileThatLostItsName()
    {
        using var victim = await DumpAsync("ghost", _folder.File("deleted"));
        var file = Assert.Single(FilesImage.Read(Images), file => file.IsUnlinked);
        Assert.Equal(_folder.File("deleted"), file.Path);
    }

    [Fact]
    public async Task SumBytes_IsTheMemoryThatTheTaskTouched()
    {
        using var victim = await DumpAsync("memory", "16");
        Assert.InRange(PagesImage.SumBytes(Images), 16 << 20, 17 << 20);
    }

    [Fact]
    public async Task ReadEntries_OfAllPlainImagesOfADump_ReadsToTheEnd()
    {
        using var victim = await DumpAsync("count");
        Assert.Single(Entries("inventory.img", ImageMagic.Inventory));
        Assert.Single(Entries($"mm-{victim.Pid}.img", ImageMagic.Memory));
        Assert.NotEmpty(Entries($"pagemap-{victim.Pid}.img", ImageMagic.PageMap));
        Assert.Throws<ImageFormatException>(() => Entries("files.img", ImageMagic.Memory));
    }

    [Fact]
    public async Task Read_OfImagesDamagedAtRandom_ThrowsNothingButImageFormat()
    {
        using var victim = await DumpAsync("count");
        var random = new Random(20240517);
        string[] names = ["files.img", "fdinfo-2.img", $"mm-{victim.Pid}.img", $"fs-{victim.Pid}.img"];
        var refused = 0;
        for (var round = 0; round < 2000; round++)
        {
            var path = Path.Combine(Images, names[random.Next(names.Length)]);
            var whole = await File.ReadAllBytesAsync(path, Token);
            await File.WriteAllBytesAsync(path, Damage.Of(whole, random), Token);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var fault = Record.Exception(() => FilesImage.Read(Images));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
            await File.WriteAllBytesAsync(path, whole, Token);
            if (fault is null) continue;
            Assert.IsType<ImageFormatException>(fault);
            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
            refused++;
        }

        Assert.InRange(refused, 500, 2000);
    }

    [Fact]
    public void ReadEntries_OfAnEntryThatClaimsMoreThanThereIs_AllocatesLittle()
    {
        var image = new byte[4096];
        BinaryPrimitives.WriteUInt32LittleEndian(image, ImageMagic.Common);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(4), ImageMagic.Files);
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(8), ImageFile.MaximumEntryBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => ImageFile.ReadEntries(new MemoryStream(image), ImageMagic.Files).Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void ReadEntries_OfAnEntryOverTheLimit_IsRefused()
    {
        byte[] image = [0x19, 0x43, 0x56, 0x54, 0x38, 0x31, 0x30, 0x56, 0xff, 0xff, 0xff, 0xff, 1, 2, 3];
        var fault = Assert.Throws<ImageFormatException>(() => ImageFile.ReadEntries(new MemoryStream(image), ImageMagic.Files).Count());
        Assert.Contains("4294967295", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAFolderWithoutImages_ThrowsImageFormat() =>
        Assert.Throws<ImageFormatException>(() => FilesImage.Read(_folder.File("absent")));

    private List<byte[]> Entries(string name, uint magic)
    {
        using var stream = File.OpenRead(Path.Combine(Images, name));
        return [.. ImageFile.ReadEntries(stream, magic)];
    }

    private async Task<Victim> DumpAsync(string mode, string argument = "0")
    {
        var victim = await Victim.StartAsync(program, _folder, mode, argument);
        using var engine = await RealEngine.StartAsync();
        var options = new DumpOptions { ImagesDirectory = Images, RootPid = victim.Pid };
        var outcome = await engine.Engine.DumpAsync(options, AcceptAll.Instance, Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        return victim;
    }
}
