using System.Collections.Concurrent;
using System.Reflection;
using HpcCr.Core;
using HpcCr.Hosting;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using HpcCr.Rpc;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>The launcher of one node: connects to the coordinator, carries out its commands, tells what happens to jobs.</summary>
public sealed class LauncherHost
{
    private const int SpareThreads = 16;
    private static readonly GrpcChannelOptions ChannelOptions = new() { MaxReceiveMessageSize = WireLimits.MostStreamBytes };

    private readonly LauncherOptions _options;
    private readonly ILogger _log;
    private readonly LocalJobs _jobs;
    private readonly CoordinatorLink _link;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<Failure?>> _remoteStarts = new();
    private NodeFacts _node = null!;
    private CommandDispatch _dispatch = null!;
    private ulong _lastRemoteStart;

    /// <summary>Makes a launcher; <see cref="RunAsync"/> starts it.</summary>
    public LauncherHost(LauncherOptions options, ILogger log)
    {
        _options = options;
        _log = log;
        _jobs = new LocalJobs(options, log);
        _link = new CoordinatorLink(OpenChannel, HelloAsync, log);
        _jobs.Questions.Send = _link.TrySend;
    }

    /// <summary>Runs until cancelled. Jobs and their guards stay.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_options.Run.Root);
        // What waits for a slow disk holds a thread of the pool, and a pool as small as a node's cores would leave none for heartbeats.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, SpareThreads), completions);
        _node = await NodeFacts.FindAsync(cancellationToken);
        _dispatch = new CommandDispatch(_options, _jobs, _node, SigningKeys.FindOrCreate(_options.KeyFile));
        if (_node.EngineFault is { } fault)
            _log.LogError("{Fault}", fault);
        await _jobs.AdoptAsync();
        _jobs.Ended += (job, code) => Tell(job, new Event { JobEnded = new JobEnded { ExitCode = code } });
        _jobs.Lost += (job, why) => Tell(job, new Event { SandboxLost = new SandboxLost { Why = why } });
        _link.Received += OnMessage;
        _log.LogInformation("launcher of {Node} with {Engine}", _options.Node, _node.Engine);
        var agents = new AgentListener(_options.Run.LauncherSocket, _jobs, StartRemotelyAsync, _log);
        await using var relay = _options.Slurm ? await CoordinatorRelay.StartAsync(_options.Run.CoordinatorSocket, OpenChannel, cancellationToken) : null;
        await BackgroundWork.RunAllAsync(_log, cancellationToken, ("connection to the coordinator", _link.RunAsync), ("socket of the remote-start agents", agents.RunAsync));
        _jobs.LeaveNothing();
    }

    private GrpcChannel OpenChannel()
    {
        const string Unix = "unix:";
        if (_options.Coordinator.StartsWith(Unix, StringComparison.Ordinal))
            return GrpcChannel.ForUnixSocket(_options.Coordinator[Unix.Length..], ChannelOptions);
        var colon = _options.Coordinator.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(_options.Coordinator.AsSpan(colon + 1), out var port))
            throw new HpcCrException(FailureKind.Usage, $"'{_options.Coordinator}' is no address of a coordinator", "Write unix:/path or host:port.");
        return GrpcChannel.ForTcp(_options.Coordinator[..colon].Trim('[', ']'), port, ClusterKey.Load(_options.KeyFile), ChannelOptions);
    }

    private async Task<Hello> HelloAsync()
    {
        var hello = new Hello
        {
            Node = _options.Node,
            Slots = (uint)_options.Slots,
            Software = typeof(LauncherHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            Engine = _node.Engine,
            EngineMissing = _node.EngineFault is not null,
            Addresses = { _node.Addresses },
            SentMs = RunTime.Now,
        };
        foreach (var job in _jobs.All)
            if (await HeldAsync(job) is { } held)
                hello.Jobs.Add(held);
        return hello;
    }

    // What an earlier conversation began, nobody will end: that coordinator is gone, or has given this node up. It is undone
    // while this node is connected again already, for its other jobs' sake; steps that come next queue behind it. Two things only the
    // next coordinator can know: whether a sandbox at its gate was to go, and whether a job that is stopped for a sealed epoch is to end.
    // Until it says so, and for no longer than the lease, they stay as they are.
    private async Task<HeldJob?> HeldAsync(LocalJob job)
    {
        if (job.Restoring is { IsAtGate: true })
            return new HeldJob { Spec = job.Spec.ToWire(), Sandbox = job.Sandbox, Restoring = true };
        if (job.Restoring is not null)
        {
            _ = UndoAsync(job, _ => RemoveAsync(job));
            return null;
        }

        if (job.Epoch is { } epoch and not { IsSealed: true, IsKeptStopped: true })
            _ = UndoAsync(job, token => AbortPhase.AbandonAsync(job, epoch, token));
        try
        {
            var status = (await job.AskAsync(new GuardRequest { Status = new GetStatus() }, CancellationToken.None)).Status;
            return new HeldJob
            {
                Spec = job.Spec.ToWire(),
                Sandbox = job.Sandbox,
                Ended = status.State != GuardStatus.Types.State.Running,
                ExitCode = status.ExitCode,
            };
        }
        catch (HpcCrException e) when (e.Kind == Core.FailureKind.JobLost)
        {
            _log.LogWarning("{Job}: {Why}; what is left of it is removed", job.Spec.Name, e.Message);
            _ = UndoAsync(job, _ => RemoveAsync(job));
            return null;
        }
    }

    private async Task UndoAsync(LocalJob job, Func<CancellationToken, Task<Reply>> undo)
    {
        try
        {
            await job.StepAsync(interrupt: true, undo, CancellationToken.None);
        }
        catch (Exception e)
        {
            _log.LogError(e, "{Job}: what an earlier coordinator began was not undone", job.Spec.Name);
        }
    }

    private async Task<Reply> RemoveAsync(LocalJob job)
    {
        if (_jobs.Find(job.Spec.Id, job.Sandbox) == job)
            await _jobs.RemoveAsync(job);
        return new Reply();
    }

    private void OnMessage(ToLauncher message)
    {
        switch (message.MessageCase)
        {
            case ToLauncher.MessageOneofCase.Command:
                _ = CarryOutAsync(message.Command).Watched(_log, $"the reply to {message.Command.StepCase} was not sent");
                break;
            case ToLauncher.MessageOneofCase.Heartbeat:
                _link.TrySend(new FromLauncher { Heartbeat = new Heartbeat { SentMs = RunTime.Now } });
                _jobs.RunTime.Extend(message.Heartbeat.SentMs);
                foreach (var job in _jobs.All)
                {
                    job.RenewLease();
                    _ = job.KeepRunningAsync(_jobs.RunTime.Until);
                }

                break;
            case ToLauncher.MessageOneofCase.Confirmed:
                Confirm(message.Confirmed);
                break;
            case ToLauncher.MessageOneofCase.RemoteStartAnswer:
                if (_remoteStarts.TryRemove(message.RemoteStartAnswer.Id, out var waiting))
                    waiting.TrySetResult(message.RemoteStartAnswer.Failure);
                break;
            case ToLauncher.MessageOneofCase.PluginAnswer:
                _jobs.Questions.Answered(message.PluginAnswer);
                break;
            case ToLauncher.MessageOneofCase.Welcome:
                _log.LogInformation("connected to the coordinator");
                _jobs.RunTime.Begin(message.Welcome.FenceMs, message.Welcome.EchoMs);
                foreach (var job in _jobs.All)
                {
                    job.Orphan();
                    // It may have been given up, and be running elsewhere.
                    job.IsConfirmed = false;
                }

                break;
        }
    }

    private void Confirm(Confirmed confirmed)
    {
        if (_jobs.Find(new JobId(confirmed.Uid, confirmed.Job), confirmed.Sandbox) is not { } job || job.Spec.Incarnation != (long)confirmed.Incarnation)
            return;
        job.IsConfirmed = true;
        _ = job.KeepRunningAsync(_jobs.RunTime.Until);
    }

    private async Task CarryOutAsync(Command command)
    {
        Reply reply;
        try
        {
            // Not on another thread: an abort that overtook its own epoch's first step would find nothing to undo.
            reply = await _dispatch.RunAsync(command, CancellationToken.None);
            _log.LogInformation("{Job} epoch {Epoch}: {Step}", command.Job, command.Epoch, command.StepCase);
        }
        catch (HpcCrException e)
        {
            reply = new Reply { Failure = e.ToWire() };
        }
        catch (OperationCanceledException)
        {
            reply = new Reply { Failure = new HpcCrException(FailureKind.Failed, $"{command.StepCase} on {_options.Node} was cancelled").ToWire() };
        }
        catch (Exception e)
        {
            _log.LogError(e, "{Job}: {Step} failed", command.Job, command.StepCase);
            reply = new Reply { Failure = new HpcCrException(FailureKind.Failed, $"{command.StepCase} failed on {_options.Node}: {e.Message}", "See the launcher's log.").ToWire() };
        }

        if (reply.Failure is { } failure)
        {
            failure.EngineDied = failure.Kind == Protocol.V1.FailureKind.JobLost && command.Epoch != 0;
            _log.LogWarning("{Job} epoch {Epoch}: {Step} failed: {What}", command.Job, command.Epoch, command.StepCase, failure.What);
        }

        reply.Id = command.Id;
        if (!_link.TrySend(new FromLauncher { Reply = reply }))
            _log.LogWarning("{Job}: the coordinator is gone; the reply to {Step} is dropped", command.Job, command.StepCase);
    }

    private void Tell(LocalJob job, Event happened)
    {
        happened.Job = job.Spec.Name;
        happened.Uid = job.Spec.Uid;
        happened.Sandbox = job.Sandbox;
        happened.Incarnation = (ulong)job.Spec.Incarnation;
        if (!_link.TrySend(new FromLauncher { Event = happened }))
            _log.LogInformation("{Job}: {Event} is told when the coordinator is back", job.Spec.Name, happened.EventCase);
    }

    private async Task<string?> StartRemotelyAsync(LocalJob job, string node, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        if (!NodeName.IsValid(node))
            return $"'{JobName.Printable(node)}' is not a node name";
        // A later job of that name is another one.
        if (_jobs.Find(job.Spec.Id, job.Sandbox) != job)
            return $"job {job.Spec.Name} has ended";
        var id = Interlocked.Increment(ref _lastRemoteStart);
        var answer = _remoteStarts.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            var request = new RemoteStart { Id = id, Node = node, Command = { command } };
            if (!_link.TrySend(new FromLauncher { Event = new Event { Job = job.Spec.Name, Uid = job.Spec.Uid, Sandbox = job.Sandbox, Incarnation = (ulong)job.Spec.Incarnation, RemoteStart = request } }))
                return "the coordinator is not connected";
            return (await answer.Task.WaitAsync(cancellationToken))?.What;
        }
        finally
        {
            _remoteStarts.TryRemove(id, out _);
        }
    }
}
