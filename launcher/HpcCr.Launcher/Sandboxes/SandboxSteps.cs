using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

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
        var state = status.Frozen || status.Fenced ? "frozen" : status.State.ToString().ToLowerInvariant();
        return new Reply { Processes = new Processes { State = state, Pids = { job.Cgroup.Processes() } } };
    }

    public static async Task<Reply> EndAsync(LocalJobs jobs, LocalJob job, EndJob request)
    {
        try
        {
            // First, so that a launcher that dies in between finds the job again, and is told again.
            if (!request.RecordJson.IsEmpty)
                await WriteRecordAsync(job, request.RecordJson);
        }
        finally
        {
            await jobs.RemoveAsync(job, request.Release, request.Stale);
        }

        return new Reply();
    }

    // A later life of the job, under whichever coordinator, has the last word.
    private static async Task WriteRecordAsync(LocalJob job, ByteString json)
    {
        if (JsonSerializer.Deserialize(json.Span, CoreJson.Default.JobRecord) is not { } record || !job.Store.Run(() => Directory.Exists(job.Spec.Folder)))
            return;
        var file = new JobRecordFile(job.Store, job.Spec.Folder);
        await file.HoldAsync(() =>
        {
            var found = file.Read();
            if (found is null || found.Incarnation <= record.Incarnation)
                file.Write(record with { Owner = found?.Owner ?? "", FenceMilliseconds = found?.FenceMilliseconds ?? 0 });
            return 0;
        });
    }
}
