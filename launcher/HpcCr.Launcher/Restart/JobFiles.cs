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
        foreach (var file in work.Manifest.FilesPutBackBy(work.Sandbox).Where(file => rollback || file.Policy == FilePolicy.Deleted))
            await (file.Stored is { } stored
                ? PutBackAsync(file, work.Sandbox.Files.First(image => image.Path == stored), cancellationToken)
                : PutBackAsync(file, cancellationToken));
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

    private async Task PutBackAsync(FileRecord file, CancellationToken cancellationToken)
    {
        var found = job.Store.Run(() => CutFile.Look(file, work.Manifest.Epoch, _asides, job.Store, compare: true));
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
        await SetAsideAsync(file.Path, 0, cancellationToken);
        await AtAsync("putback-write", cancellationToken);
        await stored.PutBackAsync(work.EpochPath, work.Sandbox.Node, cancellationToken);
    }

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
