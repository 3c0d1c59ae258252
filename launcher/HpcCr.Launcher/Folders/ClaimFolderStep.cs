using System.Text.Json;
using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Makes a job's folder one coordinator's for one life of the job, or gives it back.</summary>
internal static class ClaimFolderStep
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static async Task<Reply> RunAsync(ClaimFolder request)
    {
        var wanted = JsonSerializer.Deserialize(request.RecordJson.Span, CoreJson.Default.JobRecord)
            ?? throw new HpcCrException(FailureKind.Internal, "a folder is claimed for nobody");
        var store = new StoreAccess(request.Uid, request.Gid);
        var file = new JobRecordFile(store, request.Folder);
        try
        {
            store.RunWithin(Deadline, JobName.Printable(request.Folder), () => Directory.CreateDirectory(request.Folder, Private));
            if (!request.Release)
                store.RunWithin(Deadline, JobName.Printable(request.Folder), () => FolderOwner.Require(request.Folder, request.Uid));
            return await file.HoldAsync(() => request.Release ? Release(file, wanted) : Claim(file, request, wanted));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HpcCrException(e is UnauthorizedAccessException ? FailureKind.NotAllowed : FailureKind.Failed,
                $"the checkpoint directory {Path.GetDirectoryName(request.Folder)} cannot be used on {Environment.MachineName}: {e.Message}",
                "Name another with --ckpt-dir: one that the job's user may write and that all its nodes share.");
        }
    }

    private static Reply Claim(JobRecordFile file, ClaimFolder request, JobRecord wanted)
    {
        var found = file.Read();
        long? known = request.HasKnown ? (long)request.Known : null;
        var claim = new FolderClaim(wanted, request.Fresh, known, request.Force, request.IdleNodes.ToHashSet());
        if (claim.FaultOf(request.Folder, found, EpochCatalog.Committed(request.Folder).Count > 0) is { } fault)
            throw fault;
        if (request.Fresh && found is not null && (wanted.SlurmJob == 0 || found.SlurmJob != wanted.SlurmJob))
            SetOutputsAside(request.Folder, found);
        file.Write(wanted);
        return new Reply();
    }

    // Somebody else may have claimed it meanwhile.
    private static Reply Release(JobRecordFile file, JobRecord wanted)
    {
        if (file.Read() is not { } found || found.Incarnation != wanted.Incarnation)
            return new Reply();
        if (wanted.State == Core.JobState.Starting)
            file.Delete();
        else
            file.Write(wanted);
        return new Reply();
    }

    // The new job writes to files of its own.
    private static void SetOutputsAside(string folder, JobRecord found)
    {
        var outputs = Directory.GetFiles(folder, "*.log").Where(path => !Path.GetFileName(path).Contains(".run-", StringComparison.Ordinal));
        foreach (var output in outputs)
        {
            var aside = $"{Path.GetFileNameWithoutExtension(output)}.run-{Math.Max(found.Incarnation, 1)}.log";
            File.Move(output, Path.Combine(folder, aside), overwrite: true);
        }
    }
}
