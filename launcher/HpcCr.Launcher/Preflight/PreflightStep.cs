using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Looks for everything that would keep the job from being dumped here, or from coming back, while it runs; changes nothing.</summary>
internal static class PreflightStep
{
    private static readonly IReadOnlyList<IPreflightCheck> Checks =
    [
        new CgroupCheck(), new NamespaceCheck(), new TracerCheck(), new CredentialCheck(), new DeviceCheck(), new KernelObjectCheck(), new MountedFileCheck(),
        new DeletedFileCheck(), new ThreadFileCheck(), new SocketCheck(), new OutsideEndCheck(), new QueueCheck(), new TerminalCheck(), new UnixQueueCheck(), new SharedMemoryCheck(), new SemaphoreCheck(),
        new SlurmStepCheck(), new TreeCheck(), new LeaderCheck(),
    ];

    /// <summary>Looks.</summary>
    /// <exception cref="HpcCrException">An epoch or restore is under way, which would be taken for a tracer and more.</exception>
    public static async Task<Reply> RunAsync(LocalJob job, int epoch, CancellationToken cancellationToken)
    {
        await AbortPhase.EndStaleAsync(job, epoch, cancellationToken);
        if (job.Epoch is not null || job.Restoring is not null)
            throw new HpcCrException(FailureKind.Failed, $"an epoch or restart of {job.Spec.Name} is under way on {job.Options.Node}", "Wait for it to end.");
        var root = (await job.AskAsync(new GuardRequest { Status = new GetStatus() }, cancellationToken)).Status.RootPid;
        var target = PreflightTarget.At(job, root) with { DevicesOfPlugins = PluginDevices.Of(job) };
        return new Reply
        {
            Preflighted = new Preflighted
            {
                Findings = { Checks.SelectMany(check => check.Look(target).Select(finding => ToWire(job.Options.Node, check.Name, finding))) },
                Connections = { Connections(target) },
            },
        };
    }

    private static Finding ToWire(string node, string check, PreflightFinding finding) => new()
    {
        Node = node,
        Check = check,
        Warning = finding.IsWarning,
        What = finding.Pid == 0 ? $"{node}: {finding.Text}" : $"{ProcessNames.Of(finding.Pid)} on {node} {finding.Text}",
        Remedy = finding.Remedy,
    };

    // Whether the other end belongs to the job is known only when all nodes have said what they hold.
    private static IEnumerable<OpenConnection> Connections(PreflightTarget target)
    {
        var holders = target.Processes.SelectMany(process => process.Sockets.Select(socket => (process.Pid, socket.Descriptor.Number, socket.Inode)))
            .DistinctBy(socket => socket.Inode).ToDictionary(socket => socket.Inode);
        var names = new Dictionary<int, string>();
        return from socket in SockDiag.ListTcp()
               where socket.State == TcpState.Established && socket.Inode != 0 && holders.ContainsKey(socket.Inode)
               let holder = holders[socket.Inode]
               select new OpenConnection
               {
                   Local = JobSockets.Text(socket.Local),
                   Remote = JobSockets.Text(socket.Remote),
                   Holder = $"{NameOf(holder.Pid)} on {target.Job.Options.Node}",
                   FileDescriptor = holder.Number,
                   Inode = socket.Inode,
                   Pid = holder.Pid,
               };

        string NameOf(int pid) => names.TryGetValue(pid, out var name) ? name : names[pid] = ProcessNames.Of(pid);
    }
}
