using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>What a restart would do with a file of the job, as the file is now.</summary>
/// <param name="Text">In words.</param>
/// <param name="IsAsAtCut">Whether it is known to be what it was at the cut.</param>
/// <param name="Fault">Why it cannot be put back, as a sentence; null when it can.</param>
public sealed record FileOutlook(string Text, bool IsAsAtCut, string? Fault)
{
    /// <summary>Looks at a file, and changes nothing.</summary>
    /// <param name="record">The file at the cut.</param>
    /// <param name="epoch">The cut's epoch.</param>
    /// <param name="node">Whose record it is.</param>
    /// <param name="asides">What restarts have set aside.</param>
    /// <param name="access">Opens files of the job.</param>
    /// <param name="compare">Whether contents are compared: all of them are read for that.</param>
    public static FileOutlook Of(FileRecord record, int epoch, ManifestNode node, AsideIndex asides, IStoreAccess access, bool compare)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(access);
        switch (record)
        {
            case { Policy: FilePolicy.NodeLocal }:
                return new FileOutlook("comes back with the sandbox's own folders", IsAsAtCut: true, null);
            case { Policy: FilePolicy.Mounted }:
                return new FileOutlook("is on a mount of the job's own, which the engine makes anew", IsAsAtCut: true, null);
            case { Policy: FilePolicy.Deleted, LinkTo: { } other }:
                return new FileOutlook($"comes back as {other}, under a name that it had lost", IsAsAtCut: true, null);
            case { Policy: FilePolicy.Deleted }:
                return new FileOutlook("comes back from the epoch, without a name", IsAsAtCut: true, null);
            case { Policy: FilePolicy.Appended, Stored: { } stored }:
                var cut = access.Run(() => CutFile.Look(record, epoch, asides, access, compare));
                return cut.Fault is null ? Of(cut, record) : OfStored(record, new StoredFile(record, node.Files.First(file => file.Path == stored), access), compare);
            case { Stored: { } stored }:
                var image = node.Files.First(file => file.Path == stored);
                return OfStored(record, new StoredFile(record, image, access), compare || record.Policy == FilePolicy.Input);
            default:
                return Of(access.Run(() => CutFile.Look(record, epoch, asides, access, compare)), record);
        }
    }

    private static FileOutlook Of(CutFile file, FileRecord record) => file switch
    {
        { Fault: { } fault } => new FileOutlook("cannot be put back", IsAsAtCut: false, fault),
        { IsAsAtCut: true } => new FileOutlook("is as at the cut", IsAsAtCut: true, null),
        { Returns: > 0 } => new FileOutlook($"is put back to {record.Size} bytes, {file.Returns} of them from what was set aside; {Later(file.Length - file.Stays)}", false, null),
        _ => new FileOutlook($"is put back to {record.Size} bytes; {Later(file.Length - record.Size)}", IsAsAtCut: false, null),
    };

    private static string Later(long? bytes) => bytes is > 0 ? $"{bytes} later ones are set aside" : "nothing was written later";

    private static FileOutlook OfStored(FileRecord record, StoredFile file, bool compare)
    {
        try
        {
            return !file.Exists ? new FileOutlook($"is made anew, {record.Size} bytes", IsAsAtCut: false, null)
                : compare && file.IsAsAtCut() ? new FileOutlook("is as at the cut", IsAsAtCut: true, null)
                : !file.MayBeReplaced ? new FileOutlook("cannot be put back", IsAsAtCut: false, $"{record.Path}, which the job reads, was changed since the cut")
                : new FileOutlook($"is put back whole, {record.Size} bytes; what it holds now is set aside", IsAsAtCut: false, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileOutlook("cannot be put back", IsAsAtCut: false, $"{record.Path}, whose contents are stored, cannot be read: {e.Message}");
        }
    }
}
