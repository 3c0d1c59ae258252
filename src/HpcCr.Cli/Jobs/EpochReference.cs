using HpcCr.Cli.Connection;
using HpcCr.Linux;

namespace HpcCr.Cli.Jobs;

/// <summary>Finds the epoch that a user means: an epoch's folder, <c>JOB/epoch-000003</c>, a job's folder, or a job's name.</summary>
internal static class EpochReference
{
    /// <summary>The epoch's folder, absolute and without links.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="coordinator">The value of <c>--coordinator</c>: a running coordinator knows where its jobs keep their epochs.</param>
    /// <param name="cancellationToken">Ends the wait for the coordinator.</param>
    /// <exception cref="HpcCrException">There is no such epoch (not found).</exception>
    public static async Task<string> ResolveAsync(string text, string? coordinator, CancellationToken cancellationToken)
    {
        if (text.Contains('\0')) throw Nothing(text);
        if (await OfUserAsync(text, coordinator, cancellationToken) is { } folder) return NewestOf(folder) ?? throw NoEpoch(text);
        var path = Path.GetFullPath(text);
        if (text.Contains('/') || IsEpoch(path))
            return AtPath(path) ?? InCheckpointDirectory(text) ?? throw (IsClosed(path) || IsOthers(text) ? NotYours(text) : Nothing(text));
        var job = JobName.Check(text);
        var own = Path.Combine(CallerFacts.CheckpointDirectory(null), job);
        try
        {
            return NewestOf(await FolderOfAsync(new JobReference(null, job), coordinator, cancellationToken) ?? own) ?? throw NoEpoch(job);
        }
        catch (HpcCrException e) when (JobOnDisk.Find(new JobReference(null, job), e) is not null && NewestOf(own) is not null)
        {
            return NewestOf(own)!;
        }
    }

    // USER/NAME, if the coordinator knows such a job and the caller may touch it; else the text is a path.
    private static async Task<string?> OfUserAsync(string text, string? coordinator, CancellationToken cancellationToken) =>
        JobOfUser(text) is { } job && (Credentials.User == 0 || Credentials.User == job.Uid) ? await FolderOfAsync(job, coordinator, cancellationToken) : null;

    private static bool IsOthers(string text) => JobOfUser(text) is { } job && Credentials.User != 0 && Credentials.User != job.Uid;

    private static JobReference? JobOfUser(string text) =>
        text.Split('/') is [var user, var name] && JobName.IsValid(name) && JobArgument.UidOf(user) is { } uid ? new JobReference(uid, name) : null;

    /// <summary>The folder of a job that the coordinator knows, or null.</summary>
    private static async Task<string?> FolderOfAsync(JobReference job, string? coordinator, CancellationToken cancellationToken)
    {
        if (CoordinatorLocator.TryOpen(coordinator) is not { } opened) return null;
        using var session = opened;
        try
        {
            var status = await session.StatusAsync(job, cancellationToken);
            return status.Folder.Length > 0 ? status.Folder : null;
        }
        catch (HpcCrException e) when (e.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }

    private static string? AtPath(string path) => !Directory.Exists(path) ? null : IsEpoch(path) ? WithoutLinks(path) : NewestOf(path);

    // JOB/epoch-000003, as `hpccr list` shows it; never a way out of the directory.
    private static string? InCheckpointDirectory(string text) =>
        text.Split('/') is [var job, var epoch] && JobName.IsValid(job) && EpochName.Parse(epoch) is not null
            ? AtPath(Path.Combine(CallerFacts.CheckpointDirectory(null), job, epoch))
            : null;

    private static bool IsEpoch(string path) =>
        File.Exists(Path.Combine(path, Manifest.FileName)) && EpochName.Parse(Path.GetFileName(WithoutLinks(path))) is not null;

    private static string? NewestOf(string jobFolder) => JobViews.NewestEpoch(jobFolder);

    private static bool IsClosed(string path)
    {
        try
        {
            // Directory.Exists would not tell a folder that is not there from one that may not be looked at.
            _ = File.GetAttributes(path).HasFlag(FileAttributes.Directory) && Directory.EnumerateFileSystemEntries(path).Any();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static HpcCrException NotYours(string text) => new(FailureKind.NotAllowed,
        $"{JobName.Printable(text)} belongs to another user", "Only the job's owner and root may use its epochs.");

    private static string WithoutLinks(string path) =>
        Path.TrimEndingDirectorySeparator(new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path);

    private static HpcCrException NoEpoch(string job) => new(FailureKind.NotFound, $"job {job} has no committed epoch",
        $"`hpccr list` shows the jobs there are; {CallerFacts.CheckpointVariable} names the directory to look in.");

    private static HpcCrException Nothing(string text) => text.TrimEnd('/').EndsWith(EpochName.PartialSuffix, StringComparison.Ordinal)
        ? new HpcCrException(FailureKind.NotFound, $"{JobName.Printable(text)} was never committed", "`hpccr list JOB` shows the epochs that were.")
        : new HpcCrException(FailureKind.NotFound, $"there is no epoch at {JobName.Printable(text)}",
            "Name an epoch's folder or a job; `hpccr list JOB` shows the epochs of a job.");
}
