using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using CallInImages = HpcCr.Protocol.V1.Local.InterruptedCall;

namespace HpcCr.Guard;

/// <summary>
/// The guard of one job on one node: parent of the sandbox's root and of the engine. It freezes, locks and dumps, and knows how to undo
/// all of it. Its steps are taken one at a time: see <see cref="GuardDesk"/>.
/// </summary>
internal sealed partial class Guard
{
    // What the engine gets to answer its next notification before it counts as hung.
    private static readonly TimeSpan EngineGrace = TimeSpan.FromSeconds(15);

    // By then every other node has let its part of the job go, be it for the end of its lease.
    private static readonly TimeSpan OthersLetGo = TimeSpan.FromSeconds(20);

    private readonly Sandbox _sandbox;
    private readonly Lease _lease;
    private readonly RunLease _run;
    private readonly JobLock _lock = new();
    private readonly SocketTimers _timers;
    private readonly Terminals _terminals = new();
    private readonly JobCalls _calls;
    private SandboxFreezer? _freezer;
    private EngineRun? _engine;
    private TerminalPump? _terminal;
    private string _lastAbort = "";
    private bool _dumpFailed;

    /// <summary>Makes one that has nothing yet.</summary>
    /// <param name="layout">The job's folder.</param>
    /// <param name="leaseEnded">Called when nothing was heard of the coordinator for too long.</param>
    public Guard(SandboxLayout layout, Func<Task> leaseEnded)
    {
        _sandbox = new Sandbox(layout);
        _sandbox.Ended += () => Ended?.Invoke();
        _timers = new SocketTimers(() => _sandbox.Processes());
        _calls = new JobCalls(_sandbox);
        _lease = new Lease(leaseEnded);
        _run = new RunLease(ApplyRunLease);
    }

    /// <summary>Raised when the sandbox's root has ended.</summary>
    public event Action? Ended;

    /// <summary>Whether anything here holds the job.</summary>
    public bool HoldsJob => IsFrozen || _engine is not null || _lock.Exists || _sandbox.State == GuardStatus.Types.State.Restoring;

    /// <summary>What the terminals of the sandbox held at the dump.</summary>
    public IEnumerable<TerminalState> TerminalsAtDump => _terminals.AtDump;

    /// <summary>The timers of connections that are switched off.</summary>
    public IEnumerable<ParkedTimers> Parked => _timers.Parked;

    /// <summary>The system calls that threads of the last dump enter once more.</summary>
    public IEnumerable<CallInImages> Calls => _calls.InImages;

    /// <summary>Threads that did not stop at the last freeze, for people.</summary>
    public IReadOnlyList<string> HeldUp { get; private set; } = [];

    private bool IsFrozen => _freezer is { IsHeld: true };

    public GuardStatus Status() => new()
    {
        State = _sandbox.State,
        RootPid = _sandbox.RootPid,
        ExitCode = _sandbox.ExitCode,
        Frozen = IsFrozen,
        Locked = _lock.IsHeld,
        EngineActive = _engine is not null,
        EnginePid = _engine?.Pid ?? 0,
        Fenced = IsFenced,
        LastAbort = _lastAbort,
    };

    /// <summary>Whether the root has ended; one that is just ending is waited for.</summary>
    public Task<bool> HasEndedAsync() => _sandbox.HasEndedAsync();

    /// <summary>Prolongs the lease.</summary>
    public void RenewLease(uint milliseconds) => _lease.Renew(milliseconds);

    /// <summary>Sends a signal to the root.</summary>
    public void Signal(int signal) => _sandbox.Signal(signal);

    /// <summary>The engine under way, if any, hears "no": the step that waits for it ends.</summary>
    public void RefuseEngine() => _engine?.Refuse();

    /// <summary>The job is let go without anybody having asked.</summary>
    public void NoteAbort(string why) => _lastAbort = why;

    public async Task StartAsync(StartSandbox request)
    {
        RequireTime();
        await _sandbox.StartAsync(request);
        _freezer = new SandboxFreezer(request.Cgroup);
    }

    public async Task AttachAsync(AttachTree request)
    {
        await _sandbox.AttachAsync(request);
        _freezer = new SandboxFreezer(request.Cgroup);
    }

    public async Task ReleaseAsync()
    {
        await AbortAsync();
        _sandbox.Release();
    }

    public Task SpawnAsync(SandboxEntry entry)
    {
        RequireTime();
        return _sandbox.SpawnAsync(entry);
    }

    /// <summary>Lets the sandbox run.</summary>
    /// <returns>How long it stood still, in milliseconds.</returns>
    public double Thaw() => _freezer?.Thaw() ?? 0;

    public void Lock(LockPackets request) => _lock.Take(request);

    public void Unlock() => _lock.Remove();

    /// <summary>All nodes go on; a sandbox that is still stopped keeps its timers parked.</summary>
    public void SetTimersBack()
    {
        if (!IsFrozen && !_lock.IsHeld)
            _timers.SetBack(TimeSpan.Zero);
    }

    public async Task PrepareEngineAsync(PrepareEngine request)
    {
        await DropEngineAsync();
        _lastAbort = "";
        if (!_sandbox.IsTree)
            MakePartialMountsPrivate();
        _engine = await EngineRun.StartAsync(request.Engine, _sandbox);
        if (request.LockTable.Length > 0)
            _lock.Prepare(request.LockTable);
        _calls.Prepare();
        _lease.Renew(request.LeaseMs);
    }

    // Binds that came in from the host since the sandbox began.
    private void MakePartialMountsPrivate()
    {
        foreach (var mount in PartialMounts.Of(_sandbox.RootPid))
            _sandbox.RunInside(["mount", "--make-private", mount]);
    }

    public async Task FreezeAsync(TimeSpan deadline)
    {
        HeldUp = await new HeldUpThreads(_sandbox, Freezer()).FreezeAsync(deadline);
        // It will be thawed and frozen again.
        if (HeldUp.Count > 0)
            return;
        if (_terminal is not null)
            await _terminal.SettleAsync(deadline);
        var open = _sandbox.Processes().Select(OpenDescriptor.Of).ToList();
        _timers.Park(open);
        _terminals.Note(open);
    }

    public async Task DumpAsync(DumpSandbox request)
    {
        var engine = _engine ?? throw new GuardException("no engine was prepared for this dump");
        try
        {
            var inDetail = _dumpFailed;
            _dumpFailed = true;
            _sandbox.RequireRoot();
            _calls.Find();
            // The engine would read what waits in terminals and write it again, changed; see TerminalQueues.
            using var taken = _terminals.Take();
            await engine.DumpToGateAsync(_sandbox, Freezer(), request, inDetail);
            // The engine knows the root by its number alone. It had it before and has it now, so what was dumped is the root.
            _sandbox.RequireRoot();
            _calls.Dumped(request.Images);
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

    public async Task<double> FinishAsync(FinishEngine request)
    {
        _lease.Renew();
        if (_engine is { } engine)
        {
            if (_sandbox.State == GuardStatus.Types.State.Restoring)
                await RequireTimeAsync();
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
            pause = LetRun();
            _lock.Remove();
            _timers.SetBack(OthersLetGo);
            _lease.End();
        }

        // The engine has let go of every task; the job need not wait for its end.
        await DropEngineAsync();
        return pause;
    }

    public async Task AbortAsync()
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
        LetRun();
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

    public async Task RestoreAsync(RestoreSandbox request)
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

            using var taken = new TakenFiles(request.Taken);
            _engine = await EngineRun.StartForRestoreAsync(request.Engine, request.Root, taken.Descriptors);
            await _engine.RestoreToGateAsync(_sandbox, request, taken.Inherited);
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
    public async Task KillAsync()
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

    public async Task LeaveAsync()
    {
        if (_sandbox.State is GuardStatus.Types.State.Running or GuardStatus.Types.State.Restoring)
            throw new GuardException("a sandbox is still alive; kill it first");
        await DropEngineAsync();
        _terminal?.Dispose();
        _lock.Remove();
    }

    // The engine has let go of the threads and none has run since.
    private double LetRun()
    {
        if (IsFrozen)
            _calls.Reenter();
        return Thaw();
    }

    private SandboxFreezer Freezer() => _freezer ?? throw new GuardException("there is no sandbox here");
}
