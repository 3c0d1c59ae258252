using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>The files of the job at the cut: what there are, and the contents of those that are rewritten or captured.</summary>
/// <param name="files">What was found, and stored where it has to be.</param>
/// <param name="shared">Which file systems all nodes see.</param>
internal sealed class FilesAtCut(IReadOnlyList<HeldFile> files, SharedFileSystems shared) : IDisposable
{
    private const int NanosecondsPerTick = 100;

    /// <summary>What storing contents will take on this node and in the store, in bytes, as far as it can be known while the job runs.</summary>
    /// <param name="job">The job.</param>
    /// <param name="partial">The folder of the epoch in the making.</param>
    /// <remarks>Contents that can be shared are shared once and forgotten: that brings to the medium what the clone in the pause would have to wait for.</remarks>
    public static long Estimate(LocalJob job, string partial)
    {
        using var found = Look(job, MountInfo.Read());
        var probe = FolderOf(job, partial, make: found.Files.Any(held => held.File.IsStored));
        return found.Files.Where(held => held.File is { IsStored: true, Stamp.Size: > 0 } && Reusable(job, held) is null && !CanClone(job, held, Path.Combine(probe, "probe")))
            .Sum(held => held.File.Stamp.Occupied);
    }

    /// <summary>Notes every file and stores what has to be, while the job stands still.</summary>
    /// <param name="job">The job, frozen.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <exception cref="HpcCrException">Contents that must be stored cannot be (unsupported).</exception>
    public static FilesAtCut Take(LocalJob job, EpochWork epoch, CancellationToken cancellationToken)
    {
        var found = Look(job, epoch.MountsOutside);
        try
        {
            return new FilesAtCut([.. found.Files.Select((held, index) => held.File.IsStored ? Store(job, epoch, held, index + 1, cancellationToken) : held)], found.Shared);
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    /// <summary>What was found.</summary>
    public IReadOnlyList<HeldFile> Files => files;

    /// <summary>Which file systems all nodes see.</summary>
    public SharedFileSystems Shared => shared;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var held in files)
            held.Dispose();
    }

    private static FilesAtCut Look(LocalJob job, IReadOnlyList<MountInfo> mounts)
    {
        var open = OpenFiles.OfJob(job);
        return job.Store.Run(() =>
        {
            var shared = new SharedFileSystems(job.Spec.Folder, mounts);
            var captured = Captured(job, open, shared);
            var files = open.Where(file => !captured.ContainsKey(file.Path)).Concat(captured.Values.OfType<JobFile>());
            return new FilesAtCut([.. files.Select(file => file.IsStored || file.Policy == FilePolicy.Appended ? HeldFile.Open(file) : new HeldFile(file, null))], shared);
        });
    }

    // What all nodes see one of them captures, and no other need mention it.
    private static Dictionary<string, JobFile?> Captured(LocalJob job, IReadOnlyList<JobFile> open, SharedFileSystems shared)
    {
        var known = open.Where(file => file.Policy is FilePolicy.Appended or FilePolicy.Rewritten).ToDictionary(file => file.Path);
        var captured = new Dictionary<string, JobFile?>();
        foreach (var path in MatchingFiles.Of(job.Spec).Where(path => !OpenFiles.IsPrivate(job, path)))
        {
            var file = known.GetValueOrDefault(path) ?? (FileStamp.Of(path) is { } stamp ? new JobFile(path, stamp, FilePolicy.Captured, null, IsMapped: false) : null);
            if (file is not null)
                captured[path] = shared.Holds(file.Stamp) && !job.IsHead ? null : file with { Policy = FilePolicy.Captured };
        }

        return captured;
    }

    private static HeldFile Store(LocalJob job, EpochWork epoch, HeldFile held, int number, CancellationToken cancellationToken)
    {
        if (held.Source is null)
        {
            throw new HpcCrException(FailureKind.Unsupported,
                $"{held.File.Path}, which {(held.File.Policy == FilePolicy.Captured ? "is to be captured" : "the job rewrites in place")}, cannot be read on {job.Options.Node} as the job's user, "
                    + "or is another file than the job has open; its contents cannot be stored",
                "The job runs on. Give its user the right to read it, or have it opened for appending only.");
        }

        var stored = held with { Stored = $"{ManifestNode.ContentsFolder}/{number}", TakenNs = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * NanosecondsPerTick };
        var shares = Path.Combine(FolderOf(job, PartialOf(job, epoch), make: true), $"{number}");
        if (Clone(job, held, shares))
            return stored;
        if (Reusable(job, held) is { } kept && job.Store.Run(() => HardLink.TryCreate(kept.Path, shares)))
            return stored with { TakenNs = kept.TakenNs, Sha256 = kept.Sha256 };
        var copy = Path.Combine(epoch.Staging, ManifestNode.ContentsFolder, $"{number}");
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var target = File.OpenHandle(copy, FileMode.CreateNew, FileAccess.Write);
        FileContents.Copy(held.Source, target, cancellationToken);
        return stored;
    }

    private static KeptContents? Reusable(LocalJob job, HeldFile held) =>
        !held.File.IsMapped && job.Kept.TryGetValue(held.File.Path, out var kept) && kept.AreThoseOf(held.File.Stamp) ? kept : null;

    private static bool CanClone(LocalJob job, HeldFile held, string probe)
    {
        if (held.Source is null || !Clone(job, held, probe))
            return false;
        job.Store.Run(() =>
        {
            File.Delete(probe);
            return 0;
        });
        return true;
    }

    private static bool Clone(LocalJob job, HeldFile held, string path) => job.Store.Run(() =>
    {
        // Anew: what somebody has put there could be waited for.
        File.Delete(path);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var target = new FileStream(path, create))
        {
            if (FileContents.TryClone(held.Source!, target.SafeFileHandle))
                return true;
        }

        File.Delete(path);
        return false;
    });

    private static string PartialOf(LocalJob job, EpochWork epoch) => Path.Combine(job.Spec.Folder, EpochName.Partial(epoch.Epoch));

    private static string FolderOf(LocalJob job, string partial, bool make)
    {
        var folder = Path.Combine(partial, job.Sandbox, ManifestNode.ContentsFolder);
        if (make)
            job.Store.Run(() => ImageCopier.MakeFolder(folder));
        return folder;
    }
}
