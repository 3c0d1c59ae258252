using System.Text.Json;
using HpcCr.Linux;
using HpcCr.Store;

namespace HpcCr.Cli.Jobs;

/// <summary>What a job's folder says about it, for commands that find no coordinator.</summary>
/// <param name="Folder">The job's folder.</param>
/// <param name="Record">The job's last known state.</param>
internal sealed record JobOnDisk(string Folder, JobRecord Record)
{
    private const int MostBytes = 1 << 20;

    /// <summary>The job's committed epochs, oldest first.</summary>
    public IReadOnlyList<EpochEntry> Epochs => EpochCatalog.Committed(Folder);

    /// <summary>The job's user, as far as the owner of its folder tells.</summary>
    public uint? Uid => FileFacts.Of(Folder)?.Uid;

    /// <summary>Reads one job, or null when the default checkpoint directory has none that is the named user's.</summary>
    public static JobOnDisk? Find(JobReference job)
    {
        var found = Read(Path.Combine(CallerFacts.CheckpointDirectory(null), job.Name));
        return job.Uid is null || found?.Uid == job.Uid ? found : null;
    }

    /// <summary>The same where the coordinator says that it knows no such job of the caller's: one of an earlier coordinator's may be here.</summary>
    public static JobOnDisk? Find(JobReference job, HpcCrException failure) => failure.Kind switch
    {
        FailureKind.NotFound => Find(job),
        // It knows another user's.
        FailureKind.NotAllowed => Find(job with { Uid = job.Uid ?? Credentials.User }),
        _ => null,
    };

    /// <summary>Every job of the default checkpoint directory, by name.</summary>
    public static IReadOnlyList<JobOnDisk> All()
    {
        var directory = CallerFacts.CheckpointDirectory(null);
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Where(folder => JobName.IsValid(Path.GetFileName(folder)))
                .Select(Read).OfType<JobOnDisk>().OrderBy(job => job.Record.Job, StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Reads a job's folder, or null when it is none.</summary>
    public static JobOnDisk? Read(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        var name = Path.GetFileName(folder);
        try
        {
            var record = JsonSerializer.Deserialize(FileBeneath.Read(folder, JobFolder.Record, MostBytes), CoreJson.Default.JobRecord);
            if (record is not null && record.Job == name) return new JobOnDisk(folder, record);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // The epochs count, with or without a readable record.
        }

        return EpochCatalog.Committed(folder) is { Count: > 0 }
            ? new JobOnDisk(folder, new JobRecord { Job = name, State = JobState.Lost, Reason = $"its {JobFolder.Record} is missing or damaged" })
            : null;
    }
}
