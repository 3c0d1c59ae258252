using System.Security.Cryptography;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>What the manifest says of the files of the job; made while the job runs again.</summary>
internal static class SealedFiles
{
    /// <summary>Hashes stored contents that were not copied through staging, and brings them to the medium.</summary>
    /// <param name="job">The job.</param>
    /// <param name="partial">The folder of the epoch in the making.</param>
    /// <param name="cut">The files at the cut.</param>
    /// <param name="copied">What came through staging.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <returns>One record per file of these.</returns>
    /// <exception cref="HpcCrException">What an earlier epoch has stored is not what it was.</exception>
    public static async Task<IReadOnlyList<ImageRecord>> HashAsync(
        LocalJob job, string partial, FilesAtCut cut, IReadOnlyList<ImageRecord> copied, CancellationToken cancellationToken)
    {
        var known = copied.Select(file => file.Path).ToHashSet();
        List<ImageRecord> records = [];
        foreach (var held in cut.Files.Where(held => held.Stored is not null && !known.Contains(held.Stored)))
        {
            await using var stored = job.Store.Run(() => job.Store.OpenImage(partial, $"{job.Sandbox}/{held.Stored}", held.File.Stamp.Size));
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, cancellationToken));
            if (held.Sha256 is not null && held.Sha256 != hash)
            {
                job.Kept = new Dictionary<string, KeptContents>();
                throw new HpcCrException(FailureKind.Failed, $"what an earlier epoch has stored of {held.File.Path} is damaged, and was not taken over",
                    "The job runs on. Checkpoint again: it is then stored anew.");
            }

            job.Store.Run(() =>
            {
                Durable.SyncFile(Path.Combine(partial, job.Sandbox, held.Stored!));
                return 0;
            });
            records.Add(new ImageRecord(held.Stored!, held.File.Stamp.Size, hash));
        }

        return records;
    }

    /// <summary>Describes the files, and remembers what the next epoch may take over.</summary>
    /// <param name="job">The job.</param>
    /// <param name="epoch">The epoch's number.</param>
    /// <param name="cut">The files at the cut.</param>
    /// <param name="stored">The records of the files of the node's folder.</param>
    /// <param name="links">The names that the engine gives to files that have lost theirs and have others.</param>
    /// <exception cref="HpcCrException">A file that only grows has become shorter: what it was at the cut is gone.</exception>
    public static IReadOnlyList<FileRecord> Describe(LocalJob job, int epoch, FilesAtCut cut, IReadOnlyList<ImageRecord> stored, IReadOnlyDictionary<string, string> links)
    {
        var hashes = stored.ToDictionary(file => file.Path, file => file.Sha256);
        var folder = Path.Combine(job.Spec.Folder, EpochName.Of(epoch), job.Sandbox);
        var begun = job.Store.Run(() => FileStamp.BirthOf(Path.Combine(job.Spec.Folder, JobFolder.StandardOutput)));
        job.Kept = cut.Files.Where(held => held is { Stored: not null, File.IsMapped: false }).DistinctBy(held => held.File.Path)
            .ToDictionary(held => held.File.Path, held => new KeptContents(held.File.Stamp, held.TakenNs, Path.Combine(folder, held.Stored!), hashes[held.Stored!]));
        return [.. cut.Files.Select(held => new FileRecord(LinkOf(held, links) ?? held.File.Path, held.File.Stamp.Size)
        {
            LinkTo = held.File.OtherName,
            Inside = held.File.Inside,
            Inode = held.File.Policy == FilePolicy.Input ? held.File.Stamp.Inode : 0,
            IsOfJob = held.File.Policy == FilePolicy.Input && held.File.Stamp.ChangedNs >= begun,
            Policy = held.File.Policy,
            Offset = held.File.Offset ?? -1,
            Mode = held.File.Stamp.Mode,
            Tail = held.File.Policy == FilePolicy.Appended && held.Source is not null ? TailOf(job, epoch, held) : null,
            Stored = held.Stored,
            IsShared = cut.Shared.Holds(held.File.Stamp),
        })];
    }

    // The engine finds it by that name at a restart, and takes the name away again.
    private static string? LinkOf(HeldFile held, IReadOnlyDictionary<string, string> links) =>
        held is { File.Policy: FilePolicy.Deleted, Stored: not null } or { File.OtherName: not null } && links.GetValueOrDefault(held.File.Inside ?? held.File.Path) is { } link
            ? Path.Combine(Path.GetDirectoryName(held.File.Path)!, Path.GetFileName(link))
            : null;

    // The file itself may have been truncated or rewritten since the cut.
    private static string TailOf(LocalJob job, int epoch, HeldFile held)
    {
        using var stored = held.Stored is null ? null
            : job.Store.Run(() => job.Store.OpenImage(Path.Combine(job.Spec.Folder, EpochName.Partial(epoch)), $"{job.Sandbox}/{held.Stored}", held.File.Stamp.Size));
        var source = stored?.SafeFileHandle ?? held.Source!;
        try
        {
            return FileTailHash.Of((buffer, at) => RandomAccess.Read(source, buffer, at), held.File.Stamp.Size);
        }
        catch (EndOfStreamException)
        {
            throw new HpcCrException(FailureKind.Failed, $"{held.File.Path} was made shorter while the epoch was being written, so that nothing can put it back to the cut",
                "The job runs on. Checkpoint again, or start the job with --capture for that file.");
        }
    }
}
