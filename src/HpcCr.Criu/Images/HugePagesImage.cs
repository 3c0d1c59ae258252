namespace HpcCr.Criu.Images;

/// <summary>The huge pages (hugetlb, MAP_HUGETLB) of a dump, from mm-PID.img.</summary>
public static class HugePagesImage
{
    private const int MappingsField = 14;
    private const int StartField = 1;
    private const int EndField = 2;
    private const int SegmentField = 4;
    private const int FlagsField = 6;
    private const ulong Shared = 0x1;
    private const ulong HugePages = 0x40000;
    private const int SizeShift = 26;
    private const ulong SizeMask = 0x3F;

    /// <summary>Counts what a restore maps; the kernel sets aside all pages of a mapping.</summary>
    /// <param name="folder">The images folder.</param>
    /// <param name="defaultBytes">The size of those that were mapped without naming one.</param>
    /// <returns>From a page's size, in bytes, to the number of pages.</returns>
    /// <exception cref="ImageFormatException">An image is damaged or truncated.</exception>
    public static IReadOnlyDictionary<long, long> Read(string folder, long defaultBytes)
    {
        var pages = new Dictionary<long, long>();
        var segments = new HashSet<ulong>();
        foreach (var mapping in ImageFolder.Paths(folder, "mm-*.img").SelectMany(MappingsOf))
        {
            var flags = mapping.GetVarint(FlagsField) ?? 0;
            // Processes that share a segment have it once. Those that have a copy of their parent's get one each: the engine does not share huge pages again.
            if ((flags & HugePages) == 0 || ((flags & Shared) != 0 && !segments.Add(mapping.GetVarint(SegmentField) ?? 0)))
                continue;
            var shift = (int)((flags >> SizeShift) & SizeMask);
            var size = shift > 0 ? 1L << shift : defaultBytes;
            var bytes = (long)((mapping.GetVarint(EndField) ?? 0) - (mapping.GetVarint(StartField) ?? 0));
            pages[size] = pages.GetValueOrDefault(size) + (bytes / size);
        }

        return pages;
    }

    private static IReadOnlyList<WireMessage> MappingsOf(string path) => ImageFault.Named<IReadOnlyList<WireMessage>>(path, () =>
    [
        .. ImageDocument.Read(path, ImageMagic.Memory).Entries.SelectMany(entry => WireMessage.Parse(entry.Message).GetMessages(MappingsField)),
    ]);
}
