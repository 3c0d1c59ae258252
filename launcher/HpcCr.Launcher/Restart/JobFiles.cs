using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>
/// Puts the files of the job back, as its user. What is changed is set aside in the epoch first, so that a restart that dies here is
/// followed by one that comes out right, and nothing is lost.
/// </summary>
/// <param name="work">The restore.</param>
/// <param name="job">The job.</param>
internal sealed class JobFiles(RestoreWork work, LocalJob job)
{
    private readonly AsideIndex _asides = job.Store.Run(() => AsideIndex.Read(Path.GetDirectoryName(work.EpochPath)!));

    /// <summary>Puts back those that are this sandbox's to put back; where files are to be left as they are, only those without a name.</summary>
    /// <exception cref="HpcCrException">A file is not what the plan has found any more.</exception>
    public async Task PutBackAsync(CancellationToken cancellationToken)
    {
        var rollback = work.Treatment == FileTreatment.Rollback;
        foreach (var file in work.Manifest.FilesPutBackBy(work.Sandbox).Where(file => file.LinkTo is null && (rollback || file.Policy == FilePolicy.Deleted)))
            await PutBackAsync(file, cancellationToken);
        foreach (var file in work.Sandbox.JobFiles.Where(file => file.LinkTo is not null))
            PutLinkBack(file);
        foreach (var path in rollback ? NewMatches.Of(work.Manifest, work.Sandbox, job.Layout, job.Store) : [])
        {
            await SetAsideAsync(path, 0, cancellationToken);
            job.Store.Run(() =>
            {
                File.Delete(path);
                return 0;
            });
        }
    }

    /// <summary>Removes the names that were given to files for the engine and that it has left, because the restore was given up.</summary>
    public static void RemoveLinks(LocalJob job)
    {
        if (job.Restoring is { MadeLinks: { Count: > 0 } names })
            job.Store.Run(() => names.Select(Remove).ToList());
    }

    private static bool Remove(string name)
    {
        try
        {
            File.Delete(name);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task PutBackAsync(FileRecord file, CancellationToken cancellationToken)
    {
        var image = file.Stored is { } stored ? work.Sandbox.Files.First(other => other.Path == stored) : null;
        if (image is not null && file.Policy != FilePolicy.Appended)
        {
            await PutBackAsync(file, image, cancellationToken);
            if (file.Policy == FilePolicy.Deleted)
                work.MadeLinks.Add(file.Path);
            return;
        }

        var found = job.Store.Run(() => CutFile.Look(file, work.Manifest.Epoch, _asides, job.Store, compare: true));
        if (found.Fault is not null && image is not null)
        {
            // It was truncated, replaced or removed.
            await PutBackAsync(file, image, cancellationToken);
            return;
        }

        if (found.Fault is { } fault)
            throw new HpcCrException(FailureKind.Failed, $"{fault}; nothing was started", "`hpccr show EPOCH --files` tells more.");
        if (found.IsAsAtCut)
            return;
        if (found.Length > found.Stays)
            await SetAsideAsync(file.Path, found.Stays, cancellationToken);
        await AtAsync("putback-write", cancellationToken);
        job.Store.Run(() =>
        {
            found.PutBack();
            return 0;
        });
    }

    private async Task PutBackAsync(FileRecord file, ImageRecord image, CancellationToken cancellationToken)
    {
        var stored = new StoredFile(file, image, job.Store);
        if (stored.IsAsAtCut())
            return;
        if (!stored.MayBeReplaced)
            throw new HpcCrException(FailureKind.Failed, $"{file.Path}, which the job reads, was changed since the plan was made; nothing was started", "Restart again.");
        await SetAsideAsync(file.Path, 0, cancellationToken);
        await AtAsync("putback-write", cancellationToken);
        await stored.PutBackAsync(work.EpochPath, work.Sandbox.Node, cancellationToken);
    }

    // For the engine, which takes the name away again. In the sandbox's own folders both names are in the archive, or only the one to link to.
    private void PutLinkBack(FileRecord file)
    {
        var (name, other) = (PathHere(file.Path), PathHere(file.LinkTo!));
        job.Store.Run(() =>
        {
            if (FileStamp.Of(other) is not { } there)
                throw new HpcCrException(FailureKind.Unsupported, $"{file.LinkTo} is gone: the job has it open under another name, which it has lost", "Put it back, or restart from another epoch.");
            if (FileStamp.Of(name) is { } known && known.IsSameFile(there))
                return 0;
            File.Delete(name);
            return HardLink.TryCreate(other, name) ? 0
                : throw new HpcCrException(FailureKind.Failed, $"{other} could not be linked to {name}; nothing was started", "Restart where the job's user may make names in that folder.");
        });
        work.MadeLinks.Add(name);
    }

    private string PathHere(string path) => job.Spec.Attached ? path : PrivateFolders.PathOf(job.Spec, job.Layout, path) ?? path;

    private async Task SetAsideAsync(string path, long from, CancellationToken cancellationToken)
    {
        await AtAsync("putback-aside", cancellationToken);
        job.Store.Run(() =>
        {
            if (job.Store.OpenFile(path, FileAccess.Read) is not { } handle)
                return 0;
            using var current = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            _asides.Keep(current, path, from, work.EpochPath, work.Sandbox.Node, Durable.SyncDirectory);
            return 0;
        });
    }

    private Task AtAsync(string step, CancellationToken cancellationToken) => FaultHooks.AtAsync(job.Options.Run.Faults, step, cancellationToken);
}
