using System.Diagnostics;
using HpcCr.Core;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// The guard of one job on one node: parent of the sandbox's root and of the engine. It freezes, locks and dumps when the
/// launcher says so, and undoes all of it by itself when the launcher is gone or its lease ends.
/// </summary>
internal sealed class Guard
{
    // What the engine gets to answer its next notification before it counts as hung.
    private static readonly TimeSpan EngineGrace = TimeSpan.FromSeconds(15);

    // By then every other node has let its part of the job go, be it for the end of its lease.
    private static readonly TimeSpan OthersLetGo = TimeSpan.FromSeconds(20);

    private readonly SandboxLayout _layout;
    private readonly Sandbox _sandbox;
    private readonly Lease _lease;
    private readonly SemaphoreSlim _step = new(1, 1);
    private readonly JobLock _lock = new();
    private readonly SocketTimers _timers;
    private SandboxFreezer? _freezer;
    private EngineRun? _engine;
    private TerminalPump? _terminal;
    private string _lastAbort = "";
    private bool _dumpFailed;

    public Guard(SandboxLayout layout)
    {
        _layout = layout;
        _sandbox = new Sandbox(layout);
        _sandbox.Ended += () => Changed?.Invoke();
        _timers = new SocketTimers(() => _sandbox.Processes());
        _lease = new Lease(() => LetGoAsync("the lease ended without a word from the coordinator"));
    }

    /// <summary>Raised when the sandbox's root has ended or the guard undid something by itself.</summary>
    public event Action? Changed;

    private bool IsFrozen => _freezer is { IsHeld: true };

    public GuardStatus Status() => new()
    {
        State = _sandbox.State,
        RootPid = _sandbox.RootPid,
        ExitCode = _sandbox.ExitCode,
        Frozen = IsFrozen,
        Locked = _lock.IsHeld,
        EngineActive = _engine is not null,
        LastAbort = _lastAbort,
    };

    /// <summary>Carries out one request; never throws.</summary>
    public async Task<GuardReply> HandleAsync(GuardRequest request)
    {
        var reply = new GuardReply();
        var began = Stopwatch.GetTimestamp();
        try
        {
            reply.Milliseconds = await CarryOutAsync(request) ?? Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            GuardLog.Write($"{request.RequestCase}: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F1} ms");
        }
        catch (GuardException e)
        {
            reply.Failure = new GuardFailure { What = e.Message, Next = e.Next, EngineDied = e.EngineDied, Unsupported = e.Unsupported, NotAllowed = e.NotAllowed };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException or InvalidOperationException)
        {
            reply.Failure = new GuardFailure { What = e.Message };
        }
        catch (Exception e)
        {
            GuardLog.Write(e.ToString());
            reply.Failure = new GuardFailure { What = $"the guard failed: {e.Message}", Next = $"See {_layout.GuardLog}." };
        }

        if (reply.Failure is { EngineDied: false } consequence && IsOfAnEpoch(request) && await _sandbox.HasEndedAsync())
        {
            consequence.What = $"the job ended by itself, with exit code {_sandbox.ExitCode}, before the epoch was committed";
            consequence.Next = "";
        }

        if (reply.Failure is { } failure)
            GuardLog.Write($"{request.RequestCase} failed: {failure.What}");
        if (request.RequestCase == GuardRequest.RequestOneofCase.Freeze)
            reply.Parked.Add(_timers.Parked);
        reply.Status = Status();
        return reply;
    }

    /// <summary>Undoes whatever holds the job: the lease is over or nobody is there to speak for the coordinator.</summary>
    public async Task LetGoAsync(string why)
    {
        if (!IsFrozen && _engine is null && !_lock.Exists && _sandbox.State != GuardStatus.Types.State.Restoring)
            return;
        _lastAbort = why;
        GuardLog.Write($"lets go: {why}");
        await HandleAsync(new GuardRequest { Abort = new AbortSandbox { Why = why } });
        Changed?.Invoke();
    }

    private async Task<double?> CarryOutAsync(GuardRequest request)
    {
        switch (request.RequestCase)
        {
            // These reach an engine that another step is waiting for, so they do not queue behind it.
            case GuardRequest.RequestOneofCase.Status:
                return null;
            case GuardRequest.RequestOneofCase.RenewLease:
                _lease.Renew(request.RenewLease.LeaseMs);
                return null;
            case GuardRequest.RequestOneofCase.Signal:
                _sandbox.Signal(request.Signal.Signal);
                return null;
            case GuardRequest.RequestOneofCase.Abort:
            case GuardRequest.RequestOneofCase.Kill:
                _engine?.Refuse();
                break;
        }

        await _step.WaitAsync();
        try
        {
            switch (request.RequestCase)
            {
                case GuardRequest.RequestOneofCase.Start:
                    await _sandbox.StartAsync(request.Start);
                    _freezer = new SandboxFreezer(request.Start.Cgroup);
                    return null;
                case GuardRequest.RequestOneofCase.AttachTree:
                    await _sandbox.AttachAsync(request.AttachTree);
                    _freezer = new SandboxFreezer(request.AttachTree.Cgroup);
                    return null;
                case GuardRequest.RequestOneofCase.ReleaseTree:
                    await AbortAsync();
                    _sandbox.Release();
                    return null;
                case GuardRequest.RequestOneofCase.Spawn:
                    await _sandbox.SpawnAsync(request.Spawn.Entry);
                    return null;
                case GuardRequest.RequestOneofCase.Kill:
                    await KillAsync();
                    return null;
                case GuardRequest.RequestOneofCase.PrepareEngine:
                    await PrepareEngineAsync(request.PrepareEngine);
                    return null;
                case GuardRequest.RequestOneofCase.Freeze:
                    await FreezeAsync(TimeSpan.FromMilliseconds(request.Freeze.DeadlineMs));
                    _timers.Park();
                    return null;
                case GuardRequest.RequestOneofCase.Thaw:
                    return _freezer?.Thaw() ?? 0;
                case GuardRequest.RequestOneofCase.Lock:
                    _lock.Take(request.Lock);
                    return null;
                case GuardRequest.RequestOneofCase.Unlock:
                    _lock.Remove();
                    return null;
                case GuardRequest.RequestOneofCase.Dump:
                    await DumpAsync(request.Dump);
                    return null;
                case GuardRequest.RequestOneofCase.Finish:
                    return await FinishAsync(request.Finish);
                case GuardRequest.RequestOneofCase.SetTimersBack:
                    if (!IsFrozen && !_lock.IsHeld)
                        _timers.SetBack(TimeSpan.Zero);
                    return null;
                case GuardRequest.RequestOneofCase.Abort:
                    await AbortAsync();
                    return null;
                case GuardRequest.RequestOneofCase.Restore:
                    await RestoreAsync(request.Restore);
                    return null;
                case GuardRequest.RequestOneofCase.Leave:
                    await LeaveAsync();
                    return null;
                default:
                    throw new GuardException($"the guard does not know the request {request.RequestCase}");
            }
        }
        finally
        {
            _step.Release();
        }
    }

    // What fails in these on a sandbox that has ended fails because it has.
    private static bool IsOfAnEpoch(GuardRequest request) => request.RequestCase
        is GuardRequest.RequestOneofCase.PrepareEngine or GuardRequest.RequestOneofCase.Freeze or GuardRequest.RequestOneofCase.Lock
        or GuardRequest.RequestOneofCase.Dump or GuardRequest.RequestOneofCase.Finish;

    private async Task PrepareEngineAsync(PrepareEngine request)
    {
        await DropEngineAsync();
        _lastAbort = "";
        if (!_sandbox.IsTree)
            MakePartialMountsPrivate();
        _engine = await EngineRun.StartAsync(request.Engine, _sandbox);
        if (request.LockTable.Length > 0)
            _lock.Prepare(request.LockTable);
        _lease.Renew(request.LeaseMs);
    }

    // Binds that came in from the host since the sandbox began.
    private void MakePartialMountsPrivate()
    {
        foreach (var mount in PartialMounts.Of(_sandbox.RootPid))
            _sandbox.RunInside(["mount", "--make-private", mount]);
    }

    private async Task FreezeAsync(TimeSpan deadline)
    {
        await Freezer().FreezeAsync(_sandbox.RootPid, deadline);
        if (_terminal is not null)
            await _terminal.SettleAsync(deadline);
    }

    private async Task DumpAsync(DumpSandbox request)
    {
        var engine = _engine ?? throw new GuardException("no engine was prepared for this dump");
        try
        {
            var inDetail = _dumpFailed;
            _dumpFailed = true;
            await engine.DumpToGateAsync(_sandbox, Freezer(), request, inDetail);
            _dumpFailed = false;
        }
        catch (GuardException e) when (e.EngineDied)
        {
            // The engine held the tasks and is gone: memory and sockets are in an unknown state. Nothing is kept half alive.
            _sandbox.MarkLost();
            await KillAsync();
            throw;
        }
    }

    private async Task<double> FinishAsync(FinishEngine request)
    {
        _lease.Renew();
        if (_engine is { } engine)
        {
            await engine.FinishAsync();
            if (_sandbox.State == GuardStatus.Types.State.Restoring)
            {
                _timers.Remember(request.Timers);
                _sandbox.Restored(engine.RestoredPid ?? throw new GuardException("the engine restored a process and did not say which"));
            }
        }

        var pause = 0.0;
        if (request.Thaw)
        {
            _lock.Open();
            if (_lock.IsHeld && IsFrozen)
                _sandbox.Kick();
            pause = _freezer?.Thaw() ?? 0;
            _lock.Remove();
            _timers.SetBack(OthersLetGo);
            _lease.End();
        }

        // The engine has let go of every task; the job need not wait for its end.
        await DropEngineAsync();
        return pause;
    }

    private async Task AbortAsync()
    {
        if (_sandbox.State == GuardStatus.Types.State.Restoring)
        {
            await KillAsync();
            return;
        }

        if (_engine is { } engine)
        {
            if (!await engine.AbandonAsync(EngineGrace))
                await TakeBackFromHungEngineAsync(engine);
            else if (engine.DiedAtGate)
                _sandbox.ClearRepair();
        }

        await DropEngineAsync();
        var wasLocked = _lock.IsHeld;
        _lock.Remove();
        if (wasLocked && IsFrozen)
            _sandbox.Kick();
        _freezer?.Thaw();
        _timers.SetBack(OthersLetGo);
        _lease.End();
    }

    // The engine does not answer and holds the tasks by ptrace. Its death would let them run with their sockets in repair
    // mode; the freezer in the very next instruction keeps them still until that is put right.
    private async Task TakeBackFromHungEngineAsync(EngineRun engine)
    {
        GuardLog.Write("the engine does not answer: it is killed and the sandbox taken back");
        engine.KillAnd(Freezer().RequestFreeze);
        await engine.EndedAsync();
        _sandbox.ClearRepair();
    }

    private async Task RestoreAsync(RestoreSandbox request)
    {
        _lease.Renew(request.LeaseMs);
        _sandbox.BeginRestore(request.Cgroup);
        _freezer = new SandboxFreezer(request.Cgroup);
        Leftovers.Destroy(_sandbox.CgroupId, _lock.Held);
        try
        {
            if (request.Tree is { } tree)
            {
                await RestoreTreeAsync(request, tree);
                return;
            }

            _engine = await EngineRun.StartForRestoreAsync(request.Engine, request.Root);
            await _engine.RestoreToGateAsync(_sandbox, request, []);
        }
        catch (GuardException)
        {
            await KillAsync();
            throw;
        }
    }

    private async Task RestoreTreeAsync(RestoreSandbox request, RestoreTree tree)
    {
        await _sandbox.PrepareTreeAsync(tree.Init);
        using var files = new TreeFiles(tree);
        _engine = await EngineRun.StartForTreeAsync(request.Engine, _sandbox.Surroundings!, files);
        _terminal = files.StartPump();
        await _engine.RestoreToGateAsync(_sandbox, request, files.Inherited);
    }

    // Ends with nothing of the sandbox left: no process, no connection, no lock.
    private async Task KillAsync()
    {
        await _sandbox.KillAsync(EngineGrace);
        if (_engine is { } engine && !await engine.AbandonAsync(EngineGrace))
            engine.KillAnd(() => { });
        await DropEngineAsync();
        await _sandbox.KillAsync(EngineGrace);
        Leftovers.Destroy(_sandbox.CgroupId, _lock.Held);
        _lock.Remove();
        _freezer?.Forget();
        _timers.Forget();
        _lease.End();
    }

    private async Task DropEngineAsync()
    {
        if (_engine is null)
            return;
        await _engine.DisposeAsync();
        _engine = null;
    }

    private async Task LeaveAsync()
    {
        if (_sandbox.State is GuardStatus.Types.State.Running or GuardStatus.Types.State.Restoring)
            throw new GuardException("a sandbox is still alive; kill it first");
        await DropEngineAsync();
        _terminal?.Dispose();
        _lock.Remove();
    }

    private SandboxFreezer Freezer() => _freezer ?? throw new GuardException("there is no sandbox here");
}
