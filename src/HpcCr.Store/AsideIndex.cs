using System.Text.Json;
using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Store;

/// <summary>
/// All that restarts of a job have set aside of its files before they changed them, in the order in which they did. From it any later
/// restart finds what a file was at the cut of any epoch: the first that was set aside after that epoch is still of that cut.
/// </summary>
/// <remarks>To be used as the job's user, whose files these are.</remarks>
public sealed class AsideIndex
{
    private const int MaximumRecordBytes = 64 << 10;
    private readonly Dictionary<string, List<Aside>> _files = [];
    private readonly int _newest;

    private AsideIndex(int newest) => _newest = newest;

    /// <summary>Reads what there is; records that are damaged count as not there.</summary>
    /// <param name="jobFolder">The job's folder, with epochs and what removed epochs have left.</param>
    public static AsideIndex Read(string jobFolder)
    {
        var epochs = EpochCatalog.Committed(jobFolder);
        var index = new AsideIndex(epochs.Select(e => e.Epoch).DefaultIfEmpty(0).Max());
        var left = Path.Combine(jobFolder, JobFolder.WrittenAfter);
        foreach (var folder in epochs.Select(e => Path.Combine(e.Path, JobFolder.WrittenAfter)).Concat(FoldersIn(left)).Where(IsFolder))
            foreach (var file in Directory.EnumerateFiles(folder, "*" + AsideRecord.Suffix))
                if (ReadOne(file) is { } aside)
                    index.Add(aside);
        foreach (var asides in index._files.Values)
            asides.Sort((one, other) => one.Record.Sequence.CompareTo(other.Record.Sequence));
        return index;
    }

    /// <summary>What was set aside of a file, oldest first.</summary>
    public IReadOnlyList<Aside> Of(string path) => _files.GetValueOrDefault(path) ?? [];

    /// <summary>Sets the end of a file aside. When this returns it is on the medium, and the file may be changed.</summary>
    /// <param name="current">The file.</param>
    /// <param name="path">Its path.</param>
    /// <param name="from">From where on, in bytes.</param>
    /// <param name="epochPath">The epoch for whose sake the file will be changed.</param>
    /// <param name="sandbox">Who does it: names of two do not meet.</param>
    /// <param name="syncDirectory">Makes a folder's entries durable.</param>
    public void Keep(FileStream current, string path, long from, string epochPath, string sandbox, Action<string> syncDirectory)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(syncDirectory);
        var folder = Path.Combine(epochPath, JobFolder.WrittenAfter);
        ImageCopier.MakeFolder(folder);
        var bytes = Enumerable.Range(1, int.MaxValue).Select(n => Path.Combine(folder, $"{sandbox}-{Path.GetFileName(path)}.{n}")).First(p => !File.Exists(p + AsideRecord.Suffix));
        var record = new AsideRecord(path, from, current.Length - from, _newest, Of(path).Select(a => a.Record.Sequence).DefaultIfEmpty(0).Max() + 1);
        current.Position = from;
        // Bytes without a record are of a restart that was cut off, and the file has them still.
        Write(bytes, stream => current.CopyTo(stream));
        var temporary = bytes + ".tmp";
        Write(temporary, stream => JsonSerializer.Serialize(stream, record, CoreJson.Default.AsideRecord));
        File.Move(temporary, bytes + AsideRecord.Suffix, overwrite: true);
        syncDirectory(folder);
        syncDirectory(epochPath);
        Add(new Aside(record, bytes));
    }

    private static void Write(string path, Action<FileStream> write)
    {
        // What is there is of a restart that was cut off. Anew: to open what somebody has put there could be to wait for a reader.
        File.Delete(path);
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    private static Aside? ReadOne(string file)
    {
        var bytes = file[..^AsideRecord.Suffix.Length];
        if (!IsFile(bytes))
            return null;
        try
        {
            return JsonSerializer.Deserialize(FileBeneath.Read(Path.GetDirectoryName(file)!, Path.GetFileName(file), MaximumRecordBytes), CoreJson.Default.AsideRecord) is { Path: not null, From: >= 0, Length: >= 0 } record
                && new FileInfo(bytes).Length == record.Length
                ? new Aside(record, bytes)
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> FoldersIn(string folder) => IsFolder(folder) ? Directory.EnumerateDirectories(folder) : [];

    private static bool IsFolder(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    private static bool IsFile(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null };

    private void Add(Aside aside)
    {
        if (!_files.TryGetValue(aside.Record.Path, out var asides))
            _files[aside.Record.Path] = asides = [];
        asides.Add(aside);
    }
}
