using HpcCr.Linux;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Takes a tree of processes under control: folder, cgroup and guard as for a sandbox, but nothing is started.</summary>
internal static class AttachStep
{
    private const UnixFileMode OutputMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static async Task<Reply> RunAsync(LocalJobs jobs, string sandbox, LauncherOptions options, AttachSandbox request, CancellationToken cancellationToken)
    {
        TreeChecks.Pass(request.Pid, request.CallerUid, jobs, options.Node);
        var job = await jobs.CreateAsync(request.Spec.ToCore(), sandbox);
        try
        {
            job.Store.Run(() => MakeOutputs(job.Spec));
            await job.AskAsync(new GuardRequest
            {
                AttachTree = new AttachTree { Cgroup = job.Cgroup.Path, RootPid = request.Pid, StartTime = request.StartTime, CallerUid = request.CallerUid },
            }, cancellationToken);
            await FaultHooks.AtAsync(options.Run.Faults, "attachsandbox", cancellationToken);
        }
        catch
        {
            await jobs.RemoveAsync(job, release: true);
            throw;
        }

        return new Reply { SandboxCreated = new SandboxCreated() };
    }

    // A restart may have to give them to the tree in place of a terminal or pipe; their length at a cut is part of it.
    private static int MakeOutputs(Core.JobSpec spec)
    {
        foreach (var path in TreeLook.Outputs(spec))
            Descriptors.Open(path, OpenFor.WriteOnly | OpenFor.Append | OpenFor.Create | OpenFor.NonBlocking, OutputMode).Dispose();
        return 0;
    }
}
