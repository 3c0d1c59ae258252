namespace HpcCr.Criu.Images;

/// <summary>The locks of a dump, in filelocks.img.</summary>
public static class FileLocksImage
{
    private const string FileName = "filelocks.img";
    private const int KindField = 1;
    private const int TypeField = 2;
    private const int OwnerField = 3;
    private const int DescriptorField = 4;
    private const int StartField = 5;
    private const int LengthField = 6;
    private const uint Posix = 1;

    /// <summary>Puts other POSIX locks in the place of those that the image has; locks of other kinds stay as they are.</summary>
    /// <param name="folder">The images folder, which belongs to the caller alone; the image is replaced as a whole.</param>
    /// <param name="locks">The locks.</param>
    /// <returns>Whether the image was changed.</returns>
    /// <exception cref="ImageFormatException">The image is damaged or truncated; nothing was changed.</exception>
    public static bool ReplacePosix(string folder, IReadOnlyList<PosixLockEntry> locks)
    {
        ArgumentNullException.ThrowIfNull(locks);
        var path = Path.Combine(folder, FileName);
        return ImageFault.Named(path, () =>
            ReplacePosix(path, File.Exists(path) ? ImageDocument.Read(path, ImageMagic.FileLocks) : ImageDocument.Empty(ImageMagic.FileLocks), locks));
    }

    private static bool ReplacePosix(string path, ImageDocument document, IReadOnlyList<PosixLockEntry> locks)
    {
        var before = document.Entries.Where(IsPosix).Select(entry => Translate(WireMessage.Parse(entry.Message))).ToHashSet();
        if (before.SetEquals(locks))
            return false;
        var others = document.Entries.Where(entry => !IsPosix(entry)).ToList();
        document.Entries.Clear();
        foreach (var entry in others.Concat(locks.Select(Translate)))
            document.Entries.Add(entry);
        document.Replace(path);
        return true;
    }

    private static bool IsPosix(ImageEntry entry) => WireMessage.Parse(entry.Message).GetUInt32(KindField) == Posix;

    private static PosixLockEntry Translate(WireMessage entry) => new(
        (int)entry.RequireUInt32(OwnerField), (int)entry.RequireUInt32(DescriptorField), entry.RequireUInt32(TypeField) != 0,
        (long)(entry.GetVarint(StartField) ?? 0), (long)(entry.GetVarint(LengthField) ?? 0));

    private static ImageEntry Translate(PosixLockEntry wanted)
    {
        var entry = WireMessage.Parse(ReadOnlyMemory<byte>.Empty);
        entry.SetVarint(KindField, Posix);
        entry.SetVarint(TypeField, wanted.IsExclusive ? 1u : 0u);
        entry.SetVarint(OwnerField, (ulong)wanted.Owner);
        entry.SetVarint(DescriptorField, (ulong)wanted.Descriptor);
        entry.SetVarint(StartField, (ulong)wanted.Start);
        entry.SetVarint(LengthField, (ulong)wanted.Length);
        return new ImageEntry(entry.ToArray(), default);
    }
}

/// <summary>A lock of fcntl(2).</summary>
/// <param name="Owner">The process, as the images number it.</param>
/// <param name="Descriptor">The owner's descriptor of the file.</param>
/// <param name="IsExclusive">Whether it is a write lock.</param>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes; 0: to the end, whatever is written.</param>
public sealed record PosixLockEntry(int Owner, int Descriptor, bool IsExclusive, long Start, long Length);
