using HpcCr.Criu.Images;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests.Images;

/// <summary>Images that are mended before a restore; entries are made by hand, as the engine writes them.</summary>
public sealed class MendedImagesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 1, 0, 0, 2, 5, 2, 5, 0)] // periodic, an expiry unread: its interval is left
    [InlineData(0, 1, 0, 0, 0, 0, 0, 0, 0)] // fires once, an expiry unread
    [InlineData(0, 0, 1, 3, 2, 5, 1, 3, 0)] // periodic, running
    [InlineData(1, 0, 1, 3, 0, 0, 1, 3, 0)] // set to an absolute time: time left
    [InlineData(3, 0, 1, 3, 0, 0, 1, 3, 3)] // and cancelled when the clock is set
    public void TimersImage_Repair(uint flags, ulong expiries, ulong seconds, ulong nanoseconds, ulong everySeconds, ulong everyNanoseconds, ulong left, ulong leftNanoseconds, uint newFlags)
    {
        var folder = Write("files.img", ImageMagic.Files, Message((1, 17), (2, 5)).With(12,
            Message((1, 5), (2, 2), (4, 1), (5, expiries), (6, flags), (7, seconds), (8, nanoseconds), (9, everySeconds), (10, everyNanoseconds))));
        var changes = (seconds, nanoseconds, flags) == (left, leftNanoseconds, newFlags) ? 0 : 1;
        Assert.Equal(changes, TimersImage.Repair(folder));
        var timer = Entries(folder, "files.img", ImageMagic.Files)[0].GetMessage(12)!;
        Assert.Equal((left, leftNanoseconds, newFlags, expiries), (timer.GetVarint(7)!.Value, timer.GetVarint(8)!.Value, timer.GetUInt32(6)!.Value, timer.GetVarint(5)!.Value));
        Assert.Equal(0, TimersImage.Repair(folder));
    }

    [Fact]
    public void FifosImage_OpenWithoutWriter_MakesReadersRegular_AndLeavesOthers()
    {
        var folder = Write("files.img", ImageMagic.Files,
            Message((1, 1), (2, 10)).With(3, Message((1, 10), (2, 0x8000), (3, 0), (10, 0x1180))),
            Message((1, 3), (2, 5)).With(17, Message((1, 5), (2, 777), (3, 10))),
            Message((1, 1), (2, 11)).With(3, Message((1, 11), (2, 0x8001), (3, 0), (10, 0x1180))),
            Message((1, 3), (2, 6)).With(17, Message((1, 6), (2, 777), (3, 11))),
            Message((1, 3), (2, 7)).With(17, Message((1, 7), (2, 778), (3, 10))));
        Write("fdinfo-2.img", ImageMagic.Descriptors, Message((1, 5), (2, 0), (3, 3), (4, 8)), Message((1, 6), (2, 0), (3, 3), (4, 9)), Message((1, 5), (2, 0), (3, 1), (4, 10)));
        Assert.Equal(1, FifosImage.OpenWithoutWriter(folder, new HashSet<uint> { 777 }));
        var files = Entries(folder, "files.img", ImageMagic.Files);
        Assert.Equal([1u, 1u, 1u, 3u, 3u], files.Select(file => file.GetUInt32(1)!.Value));
        var regular = files[1].GetMessage(3)!;
        Assert.Equal((5u, 0x8800u, ulong.MaxValue, 0x1180u), (regular.GetUInt32(1), regular.GetUInt32(2), regular.GetVarint(3), regular.GetUInt32(10)));
        Assert.Equal([1u, 3u, 1u], Entries(folder, "fdinfo-2.img", ImageMagic.Descriptors).Select(descriptor => descriptor.GetUInt32(3)!.Value));
    }

    [Fact]
    public void FileLocksImage_ReplacePosix_KeepsLocksOfOtherKinds()
    {
        var folder = Write("filelocks.img", ImageMagic.FileLocks, Message((1, 1), (2, 1), (3, 4), (4, 3), (5, 0), (6, 0)), Message((1, 2), (2, 1), (3, 4), (4, 3), (5, 0), (6, 0)));
        PosixLockEntry[] wanted = [new(5, 3, true, 20, 10)];
        Assert.True(FileLocksImage.ReplacePosix(folder, wanted));
        Assert.False(FileLocksImage.ReplacePosix(folder, wanted));
        var locks = Entries(folder, "filelocks.img", ImageMagic.FileLocks);
        Assert.Equal([2u, 1u], locks.Select(entry => entry.GetUInt32(1)!.Value));
        Assert.Equal([1u, 1u, 5u, 3u, 20u, 10u], Enumerable.Range(1, 6).Select(field => locks[1].GetUInt32(field)!.Value));
    }

    [Fact]
    public void FileLocksImage_ReplacePosix_WithoutAnImage_MakesOneForLocksOnly()
    {
        var folder = _folder.Fresh("images");
        Assert.False(FileLocksImage.ReplacePosix(folder, []));
        Assert.Empty(Directory.GetFiles(folder));
        Assert.True(FileLocksImage.ReplacePosix(folder, [new(5, 3, false, 0, 0)]));
        Assert.Single(Entries(folder, "filelocks.img", ImageMagic.FileLocks));
    }

    [Fact]
    public void CpuLimitsImage_Lower_TakesOffWhatWasUsed()
    {
        var task = Message((1, 1)).With(8, Message().With(1, Message((1, 10), (2, ulong.MaxValue)), Message((1, 99), (2, 99))));
        var folder = Write("core-7.img", ImageMagic.Core, Message((1, 1)).With(3, task));
        Assert.Equal(1, CpuLimitsImage.Lower(folder, new Dictionary<int, ulong> { [7] = 4 }));
        var limits = Entries(folder, "core-7.img", ImageMagic.Core)[0].GetMessage(3)!.GetMessage(8)!.GetMessages(1);
        Assert.Equal([(6ul, ulong.MaxValue), (99ul, 99ul)], limits.Select(limit => (limit.GetVarint(1)!.Value, limit.GetVarint(2)!.Value)));
        Assert.Equal(1, CpuLimitsImage.Lower(folder, new Dictionary<int, ulong> { [7] = 60 }));
        Assert.Equal(1ul, Entries(folder, "core-7.img", ImageMagic.Core)[0].GetMessage(3)!.GetMessage(8)!.GetMessages(1)[0].GetVarint(1));
    }

    [Fact]
    public void SharedMappings_Align_CutsBothWhereOneHasGrown()
    {
        const ulong M = 1 << 20;
        var folder = Write("pstree.img", ImageMagic.Tasks, Message((1, 1), (2, 0)), Message((1, 2), (2, 1)), Message((1, 3), (2, 1)), Message((1, 4), (2, 2)));
        Write("mm-1.img", ImageMagic.Memory, Message((12, 9)).With(14, Area(10 * M, 90 * M), Area(200 * M, 210 * M, shared: true)));
        Write("mm-2.img", ImageMagic.Memory, Message((12, 9)).With(14, Area(20 * M, 90 * M), Area(201 * M, 210 * M, shared: true)));
        Write("mm-3.img", ImageMagic.Memory, Message((12, 9)).With(14, Area(10 * M, 90 * M)));
        Write("mm-4.img", ImageMagic.Memory, Message((12, 8)).With(14, Area(30 * M, 90 * M)));
        Assert.Equal(2, SharedMappings.Align(folder));
        Assert.Equal([(10 * M, 20 * M), (20 * M, 90 * M), (200 * M, 210 * M)], Areas(folder, 1));
        Assert.Equal([(20 * M, 90 * M), (201 * M, 210 * M)], Areas(folder, 2));
        Assert.Equal([(10 * M, 20 * M), (20 * M, 90 * M)], Areas(folder, 3));
        // Another program: nothing is shared.
        Assert.Equal([(30 * M, 90 * M)], Areas(folder, 4));
        Assert.Equal(0, SharedMappings.Align(folder));
    }

    private static WireMessage Area(ulong start, ulong end, bool shared = false) => Message((1, start), (2, end), (6, shared ? 0x21ul : 0x22ul), (7, 1));

    private static IEnumerable<(ulong, ulong)> Areas(string folder, int pid) =>
        Entries(folder, $"mm-{pid}.img", ImageMagic.Memory)[0].GetMessages(14).Select(area => (area.GetVarint(1)!.Value, area.GetVarint(2)!.Value));

    private static WireMessage Message(params (int Field, ulong Value)[] fields)
    {
        var message = WireMessage.Parse(ReadOnlyMemory<byte>.Empty);
        foreach (var (field, value) in fields)
            message.SetVarint(field, value);
        return message;
    }

    private static List<WireMessage> Entries(string folder, string name, uint magic) =>
        [.. ImageDocument.Read(Path.Combine(folder, name), magic).Entries.Select(entry => WireMessage.Parse(entry.Message))];

    private string Write(string name, uint magic, params WireMessage[] entries)
    {
        var folder = Directory.CreateDirectory(_folder.File("mended")).FullName;
        var document = ImageDocument.Empty(magic);
        foreach (var entry in entries)
            document.Entries.Add(new ImageEntry(entry.ToArray(), default));
        document.Write(Path.Combine(folder, name));
        return folder;
    }
}

internal static class WireMessageExtensions
{
    public static WireMessage With(this WireMessage message, int field, params WireMessage[] nested)
    {
        message.SetMessages(field, nested);
        return message;
    }
}
