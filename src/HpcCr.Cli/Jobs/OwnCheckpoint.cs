using System.Collections;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Output;
using HpcCr.Cli.Processes;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Cli.Jobs;

/// <summary>
/// A checkpoint that a job asks for itself. The command is then part of what is saved and may hold no connection: it asks, hangs up, and
/// becomes a small
/// script that looks into the job's folder.
/// </summary>
internal static class OwnCheckpoint
{
    private const string JobVariable = "HPCCR_JOB";
    private const string Waiter = "await-epoch.sh";

    /// <summary>Whether this command runs in the job: a job of the caller's that HPCCR_JOB names.</summary>
    public static bool IsOf(JobReference job) =>
        Environment.GetEnvironmentVariable(JobVariable) == job.Name && (job.Uid is null || job.Uid == Credentials.User);

    /// <summary>Asks for the epoch.</summary>
    /// <returns>The folder that it gets once it is committed.</returns>
    /// <exception cref="HpcCrException">It was refused.</exception>
    public static async Task<string> AskAsync(CoordinatorSession session, CheckpointRequest request, CancellationToken cancellationToken)
    {
        request.Inside = true;
        await foreach (var happened in session.CheckpointAsync(request, cancellationToken))
        {
            if (happened.EventCase == CheckpointEvent.EventOneofCase.Accepted)
                return Path.Combine(happened.Accepted.Folder, EpochName.Of((int)happened.Accepted.Epoch));
        }

        throw new HpcCrException(FailureKind.Failed,
            $"the coordinator did not begin a checkpoint of job {request.Job} that was asked for by the job itself",
            "Use the same version of HpcCr everywhere.");
    }

    /// <summary>Waits for the epoch; does not return. Nothing may be connected any more.</summary>
    /// <param name="epoch">Its folder.</param>
    /// <param name="command">Arguments of hpccr that tell what has become of it.</param>
    public static void Await(string epoch, IReadOnlyList<string> command)
    {
        var folder = Path.GetDirectoryName(epoch)!;
        string[] argv = ["sh", Tool.Script(Waiter), folder, Path.GetFileName(epoch), Environment.ProcessPath!, .. command];
        Exec.Replace("/bin/sh", argv, [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => $"{v.Key}={v.Value}")]);
    }

    /// <summary>What has become of an epoch.</summary>
    /// <param name="job">The job.</param>
    /// <param name="epoch">The epoch's folder.</param>
    /// <param name="coordinator">The value of <c>--coordinator</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the coordinator.</param>
    /// <exception cref="HpcCrException">It was not committed.</exception>
    public static async Task<CheckpointDocument> ResultAsync(JobReference job, string epoch, string? coordinator, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(epoch, Manifest.FileName)))
            return JobViews.Of(EpochReader.ReadManifest(epoch), epoch);
        using var session = CoordinatorLocator.Open(coordinator, $"ask about the checkpoint of job {job}");
        var why = (await session.StatusAsync(job, cancellationToken)).LastError;
        throw new HpcCrException(FailureKind.Failed,
            why.Length > 0 ? why : $"{Path.GetFileName(epoch)} of job {job} was not committed", "");
    }
}
