using System.Threading.Channels;
using Grpc.Core;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Rpc;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>What users and scripts ask: checks who they are, maps the wire, and leaves the work to others.</summary>
internal sealed class CoordinatorService(
    NodeRegistry nodes, JobTable jobs, JobStarter starter, JobAttacher attacher, JobEnder ender, Checkpointer checkpointer, JobRestarter restarter,
    JobMigrator migrator, Retention retention, JobRemover remover, ILogger<CoordinatorService> log)
    : Protocol.V1.Coordinator.CoordinatorBase
{
    private const int KillSignal = 9;
    private const int SignalExitBase = 128;
    private static readonly TimeSpan ListDeadline = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override Task<RunReply> Run(RunRequest request, ServerCallContext context) => GuardedAsync(async () =>
    {
        var (uid, gid) = Caller(context);
        var wire = request.Spec?.Clone() ?? throw new HpcCrException(FailureKind.Usage, "a job without a description cannot be started", "Use `hpccr run`.");
        wire.RequireBounded();
        wire.Name = wire.Name.Length > 0 ? wire.Name : JobName.Generate(wire.Command.FirstOrDefault() ?? "job");
        if (wire.Nodes.Count == 0)
            wire.Nodes.Add(await starter.FirstNodeAsync(context.CancellationToken));
        var asked = wire.ToCore();
        var spec = asked with { Uid = uid, Gid = gid, Limits = CallerLimits.Bound(asked.Limits, context, uid), Attached = false, KeyHasUser = true, Hosts = [], PastAddresses = [] };
        JobName.RequireFree(spec.Name, spec.SlurmJob);
        var job = await starter.StartAsync(spec, context.CancellationToken);
        return new RunReply { Job = job.ToStatus() };
    });

    /// <inheritdoc/>
    public override Task<AttachReply> Attach(AttachRequest request, ServerCallContext context) => GuardedAsync(async () =>
        new AttachReply { Job = (await attacher.AttachAsync(request, Caller(context).Uid, context.CancellationToken)).ToStatus() });

    /// <inheritdoc/>
    public override Task Checkpoint(CheckpointRequest request, IServerStreamWriter<CheckpointEvent> responseStream, ServerCallContext context) => GuardedAsync(async () =>
    {
        var job = jobs.Require(request.Job, Caller(context).Uid);
        if (request.Inside)
            return await BeginInsideAsync(job, request, responseStream);
        return await StreamAsync(
            tell => checkpointer.CheckpointAsync(job, request, progress => tell(new CheckpointEvent { Progress = progress })),
            result => new CheckpointEvent { Result = result }, responseStream);
    });

    /// <inheritdoc/>
    public override Task Restart(RestartRequest request, IServerStreamWriter<RestartEvent> responseStream, ServerCallContext context) => GuardedAsync(async () =>
    {
        var (uid, gid) = Caller(context);
        return await StreamAsync(
            tell => restarter.RestartAsync(request, uid, gid,
                (phase, text) => tell(new RestartEvent { Progress = new Progress { Phase = phase, Text = text, Done = -1 } }), context.CancellationToken),
            result => new RestartEvent { Result = result }, responseStream);
    });

    /// <inheritdoc/>
    public override Task Migrate(MigrateRequest request, IServerStreamWriter<RestartEvent> responseStream, ServerCallContext context) => GuardedAsync(async () =>
    {
        var job = jobs.Require(request.Job, Caller(context).Uid);
        return await StreamAsync(
            tell => migrator.MigrateAsync(job, request, progress => tell(new RestartEvent { Progress = progress })),
            result => new RestartEvent { Result = result }, responseStream);
    });

    /// <inheritdoc/>
    public override Task<StatusReply> Status(StatusRequest request, ServerCallContext context) => GuardedAsync(async () =>
    {
        var caller = Caller(context).Uid;
        var asked = request.Job.Length > 0 ? [jobs.Require(request.Job, caller)] : jobs.All.Where(j => caller == 0 || caller == j.Spec.Uid);
        return new StatusReply { Jobs = { await Task.WhenAll(asked.Select(WithProcessesAsync)) } };
    });

    /// <inheritdoc/>
    public override Task Wait(WaitRequest request, IServerStreamWriter<JobStatus> responseStream, ServerCallContext context) => GuardedAsync(async () =>
    {
        var job = jobs.Require(request.Job, Caller(context).Uid);
        while (true)
        {
            var change = job.NextChange();
            await responseStream.WriteAsync(job.ToStatus());
            if (job.State.IsEnded())
                return 0;
            await change.WaitAsync(context.CancellationToken);
        }
    });

    /// <inheritdoc/>
    public override Task<SignalReply> Signal(SignalRequest request, ServerCallContext context) => GuardedAsync(async () =>
    {
        var job = jobs.Require(request.Job, Caller(context).Uid);
        if (request.Signal is < 1 or > 64)
            throw new HpcCrException(FailureKind.Usage, $"{request.Signal} is no signal");
        await NodeGroup.AskAllAsync(nodes, job.Spec.Id, [job.HeadPlace], _ => new Command { Incarnation = (ulong)job.Spec.Incarnation, Signal = new SignalJob { Signal = request.Signal } },
            "signal", ListDeadline, context.CancellationToken);
        return new SignalReply();
    });

    /// <inheritdoc/>
    public override Task<KillReply> Kill(KillRequest request, ServerCallContext context) => GuardedAsync(async () =>
    {
        var job = jobs.Require(request.Job, Caller(context).Uid);
        job.Epoch?.Cancel($"job {job.Name} was killed");
        await ender.EndAsync(job, JobState.Exited, SignalExitBase + KillSignal, "killed by `hpccr kill`");
        return new KillReply { Job = job.ToStatus() };
    });

    /// <inheritdoc/>
    public override Task<CheckReply> Check(CheckRequest request, ServerCallContext context) => GuardedAsync(async () =>
    {
        var job = jobs.Require(request.Job, Caller(context).Uid);
        job.RequireRunning();
        return new CheckReply { Findings = { (await Preflight.LookAsync(nodes, job, 0, TimeSpan.MaxValue, context.CancellationToken)).Findings } };
    });

    /// <inheritdoc/>
    public override Task<PruneReply> Prune(PruneRequest request, ServerCallContext context) => GuardedAsync(async () =>
    {
        var (uid, gid) = Caller(context);
        var keep = SpecMapping.ToKeep(request.Keep);
        var asked = JobReference.Parse(request.Job);
        // The folder of a job that is not known here is pruned with the caller's rights.
        return jobs.Find(asked, uid) is null && request.Folder.Length > 0
            ? await retention.PruneAsync(new JobId(uid, asked.Name), request.Folder, gid, keep, request.DryRun, context.CancellationToken)
            : await retention.PruneAsync(jobs.Require(request.Job, uid), keep, request.DryRun, context.CancellationToken);
    });

    /// <inheritdoc/>
    public override Task<RemoveReply> Remove(RemoveRequest request, ServerCallContext context) => GuardedAsync(async () =>
    {
        var (uid, gid) = Caller(context);
        // The folder of a job that is not known here is removed with the caller's rights.
        var job = jobs.Find(JobReference.Parse(request.Job), uid) ?? (request.Folder.Length > 0 ? null : jobs.Require(request.Job, uid));
        return await remover.RemoveAsync(job, request, uid, gid, context.CancellationToken);
    });

    /// <inheritdoc/>
    public override Task<NodesReply> Nodes(NodesRequest request, ServerCallContext context) => Task.FromResult(new NodesReply
    {
        Nodes =
        {
            nodes.Known.Select(hello => new Node
            {
                Name = hello.Node,
                State = nodes.Find(hello.Node) is null ? "unreachable" : "connected",
                Addresses = { hello.Addresses },
                Slots = hello.Slots,
                Jobs = (uint)jobs.All.Count(j => !j.State.IsEnded() && j.Spec.Places.Any(p => p.Node == hello.Node)),
                Software = hello.Software,
                Engine = hello.Engine,
                EngineMissing = hello.EngineMissing,
            }),
        },
    });

    // Who comes over the unix socket is who the kernel says. Who holds the cluster's key is root on some node, or says for whom it asks.
    private static (uint Uid, uint Gid) Caller(ServerCallContext context) =>
        context.GetPeerCredentials() is { } peer ? (peer.UserId, peer.GroupId) : OnBehalfOf.Read(context.RequestHeaders) ?? (0, 0);

    private async Task<JobStatus> WithProcessesAsync(Job job)
    {
        var status = job.ToStatus();
        if (job.State.IsEnded())
            return status;
        await Task.WhenAll(status.Nodes.Select(async node =>
        {
            try
            {
                var replies = await NodeGroup.AskAllAsync(nodes, job.Spec.Id, [new Place(node.Sandbox, node.Node)], _ => new Command { Incarnation = (ulong)job.Spec.Incarnation, ListProcesses = new ListProcesses() },
                    "list", ListDeadline, CancellationToken.None);
                node.State = replies[node.Sandbox].Processes.State;
                node.Pids.Add(replies[node.Sandbox].Processes.Pids);
            }
            catch (NodeFailedException)
            {
                node.State = nodes.Find(node.Node) is null ? "unreachable" : "busy";
            }
        }));
        return status;
    }

    // Who asks is part of what is saved: it hears that the epoch is about to begin, and finds what came of it in the store.
    private async Task<int> BeginInsideAsync(Job job, CheckpointRequest request, IServerStreamWriter<CheckpointEvent> stream)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = Task.Run(() => checkpointer.CheckpointAsync(job, request, _ => begun.TrySetResult()));
        if (await Task.WhenAny(begun.Task, work) == work)
            await work;
        _ = work.ContinueWith(
            failed => log.LogWarning("{Job}: an epoch that the job asked for itself failed: {Why}", job.Name, failed.Exception!.InnerException!.Message),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await stream.WriteAsync(new CheckpointEvent
        {
            Accepted = new CheckpointAccepted { Epoch = (uint)(job.Epoch?.Number ?? job.HighestEpoch), Folder = job.Spec.Folder },
        });
        return 0;
    }

    // The work goes on when the caller goes away: an epoch is not half done because a terminal was closed.
    private static async Task<int> StreamAsync<TResult, TEvent>(
        Func<Action<TEvent>, Task<TResult>> work, Func<TResult, TEvent> last, IServerStreamWriter<TEvent> stream)
    {
        var events = Channel.CreateUnbounded<TEvent>();
        var running = Task.Run(async () =>
        {
            try
            {
                return await work(e => events.Writer.TryWrite(e));
            }
            finally
            {
                events.Writer.TryComplete();
            }
        });
        await foreach (var happened in events.Reader.ReadAllAsync())
            await stream.WriteAsync(happened);
        await stream.WriteAsync(last(await running));
        return 0;
    }

    private async Task<T> GuardedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (HpcCrException e)
        {
            throw e.ToRpcException();
        }
        catch (NodeFailedException e)
        {
            throw e.Failure.ToRpcException();
        }
        catch (Exception e) when (e is not (OperationCanceledException or RpcException or IOException))
        {
            log.LogError(e, "a request failed");
            throw e.ToRpcException();
        }
    }
}
