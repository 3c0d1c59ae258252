using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Store;

namespace HpcCr.Cli.Slurm;

/// <summary>What a job may go on from: its own epochs, newest first, and the one that was named.</summary>
internal static class EarlierEpochs
{
    /// <summary>Names an epoch as <c>--resume-from</c> does; <c>--next</c> sets it for the script that it submits.</summary>
    public const string Variable = "HPCCR_RESUME_FROM";

    /// <summary>Finds them.</summary>
    /// <param name="spec">The job as it would be started.</param>
    /// <param name="isRequeued">Whether it has run before.</param>
    /// <param name="resumeFrom">The epoch that was named, or null.</param>
    /// <param name="coordinator">The value of <c>--coordinator</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the coordinator.</param>
    /// <exception cref="HpcCrException">The one that was named is not there (not found).</exception>
    public static async Task<IReadOnlyList<(string Path, Manifest Manifest)>> OfAsync(
        JobSpec spec, bool isRequeued, string? resumeFrom, string? coordinator, CancellationToken cancellationToken)
    {
        var named = string.IsNullOrEmpty(resumeFrom) ? null : await EpochReference.ResolveAsync(resumeFrom, coordinator, cancellationToken);
        var folder = named is null ? spec.Folder : Path.GetDirectoryName(named)!;
        // Numbers of Slurm jobs come again, and so do names: what another job has left is no concern of this one unless it says so.
        var own = EpochCatalog.Committed(folder).Reverse().Select(epoch => Read(epoch.Path)).OfType<(string Path, Manifest Manifest)>()
            .Where(epoch => isRequeued && epoch.Manifest.Spec.SlurmJob == spec.SlurmJob).ToList();
        if (named is not null && own.TrueForAll(epoch => epoch.Path != named))
            own.Add((named, EpochReader.ReadManifest(named)));
        return own;
    }

    private static (string, Manifest)? Read(string path)
    {
        try
        {
            return (path, EpochReader.ReadManifest(path));
        }
        catch (HpcCrException e)
        {
            Terminal.Note($"{path} is passed over: {e.Message}");
            return null;
        }
    }
}
