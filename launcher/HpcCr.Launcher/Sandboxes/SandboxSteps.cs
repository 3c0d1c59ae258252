using System.Text;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>The life of a sandbox outside epochs: made, looked at, ended.</summary>
internal static class SandboxSteps
{
    public static async Task<Reply> CreateAsync(LocalJobs jobs, string sandbox, CreateSandbox request, CancellationToken cancellationToken)
    {
        var job = await jobs.CreateAsync(request.Spec.ToCore(), sandbox);
        try
        {
            MpiEnvironment.WriteHostFiles(job.Spec.Nodes, request.Slots, job.Layout);
            var entry = request.Head ? job.Entries.Head() : job.Entries.Waiting();
            if (request.Head)
                WriteRecord(job, new JobRecord { Job = job.Spec.Name, State = JobState.Running, Nodes = job.Spec.Nodes, Time = DateTimeOffset.UtcNow });
            await job.AskAsync(new GuardRequest { Start = new StartSandbox { Cgroup = job.Cgroup.Path, Entry = entry } }, cancellationToken);
        }
        catch
        {
            await jobs.RemoveAsync(job);
            throw;
        }

        return new Reply { SandboxCreated = new SandboxCreated() };
    }

    public static async Task<Reply> ListAsync(LocalJob job, CancellationToken cancellationToken)
    {
        var status = (await job.AskAsync(new GuardRequest { Status = new GetStatus() }, cancellationToken)).Status;
        var state = status.Frozen ? "frozen" : status.State.ToString().ToLowerInvariant();
        return new Reply { Processes = new Processes { State = state, Pids = { job.Cgroup.Processes() } } };
    }

    public static async Task<Reply> EndAsync(LocalJobs jobs, LocalJob job, EndJob request)
    {
        try
        {
            // First, so that a launcher that dies in between finds the job again, and is told again.
            if (!request.RecordJson.IsEmpty)
                AsUser(job, () => AtomicFile.Write(RecordPath(job), request.RecordJson.ToByteArray(), UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
        finally
        {
            await jobs.RemoveAsync(job, request.Release);
        }

        return new Reply();
    }

    public static void WriteRecord(LocalJob job, JobRecord record) =>
        AsUser(job, () => AtomicFile.Write(RecordPath(job), Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(record, CoreJson.Default.JobRecord)), UnixFileMode.UserRead | UnixFileMode.UserWrite));

    private static string RecordPath(LocalJob job) => Path.Combine(job.Spec.Folder, JobFolder.Record);

    private static void AsUser(LocalJob job, Action action) => ((IStoreAccess)job.Store).Run(() =>
    {
        action();
        return 0;
    });
}
