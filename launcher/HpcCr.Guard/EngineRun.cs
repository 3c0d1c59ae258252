using HpcCr.Criu;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// One engine process, from its start (before the freeze, so that the pause does not pay for it) to its end. A dump or
/// restore runs up to its gate and waits there for the verdict of all nodes.
/// </summary>
internal sealed class EngineRun : IAsyncDisposable
{
    private const int EngineSocket = 3;
    private const string NeverKill = "-1000";

    // What the engine gets to stop all tasks; a task that does not stop by then (state D) does not stop at all.
    private const uint SeizeMs = 10_000;
    private static readonly TimeSpan RefusalGrace = TimeSpan.FromSeconds(10);

    // From the loss of its socket to its end; after that it is killed.
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    private readonly ChildProcess _process;
    private readonly CriuConnection _connection;
    private readonly CriuEngine _engine;
    private readonly TaskCompletionSource _atGate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _refusal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _refused = new();
    private Task<EngineOutcome>? _work;
    private bool _isInside;

    private EngineRun(ChildProcess process, CriuConnection connection)
    {
        _process = process;
        _connection = connection;
        _engine = new CriuEngine(connection);
    }

    /// <summary>The restored root, once a restore has finished.</summary>
    public int? RestoredPid { get; private set; }

    /// <summary>The engine's own number.</summary>
    public int Pid => _process.Pid;

    /// <summary>Whether it has the tasks in its hands.</summary>
    public bool IsAtWork => _work is { IsCompleted: false };

    /// <summary>
    /// Whether somebody killed the engine while it waited at the gate of a dump. The freezer has the tasks and no foreign code
    /// is left in them; only their sockets are still in repair mode.
    /// </summary>
    public bool DiedAtGate => _atGate.Task.IsCompleted && _work is { IsFaulted: true };

    /// <summary>Starts an engine that waits for a dump.</summary>
    public static async Task<EngineRun> StartAsync(EngineCommand command, Sandbox sandbox)
    {
        var run = sandbox.Surroundings is { } inside
            ? await StartInsideAsync(TreeEngine.ForDump(command, sandbox), () => TreeEngine.Enter(inside))
            : await StartAsync(command, options => Task.FromResult(ChildProcess.Start(options)));
        run.KeepFromOutOfMemoryKiller();
        return run;
    }

    /// <summary>Starts an engine for the restore of an attached tree, inside the namespaces that were made for it.</summary>
    /// <param name="command">The engine.</param>
    /// <param name="inside">A process that lives in them.</param>
    /// <param name="files">What the engine finds open; opened inside.</param>
    public static Task<EngineRun> StartForTreeAsync(EngineCommand command, PidFd inside, TreeFiles files) =>
        StartInsideAsync(command, () => TreeEngine.Enter(inside, files.Open), () => files.Descriptors);

    /// <summary>
    /// Starts an engine for a restore, in a mount namespace of its own: the root that it restores into shows up in no other
    /// sandbox, and what a failed restore leaves mounted is gone with the engine. All is made shared there because the engine
    /// copies the sandbox's propagation from it: the restored root is a slave of the host again.
    /// </summary>
    /// <param name="command">The engine.</param>
    /// <param name="root">A folder that the root of the file system is bound to.</param>
    /// <param name="files">What the engine finds open beside its own: its descriptor, and ours.</param>
    public static Task<EngineRun> StartForRestoreAsync(EngineCommand command, string root, IReadOnlyDictionary<int, int> files) =>
        StartAsync(command, options => NewNamespaces.StartAsync(NamespaceKinds.Mount, () =>
        {
            Mounts.MakeSlave("/", recursive: true);
            Mounts.MakeShared("/", recursive: true);
            Mounts.Bind("/", root);
            return ChildProcess.Start(options with { Descriptors = options.Descriptors.Concat(files).ToDictionary() });
        }));

    // The engine then lives in another pid namespace: what it knows us by is of no use there.
    private static async Task<EngineRun> StartInsideAsync(EngineCommand command, Action enter, Func<IReadOnlyDictionary<int, int>>? descriptors = null)
    {
        var run = await StartAsync(command, options => BriefThread.RunAsync(() =>
        {
            enter();
            var all = new Dictionary<int, int>(options.Descriptors);
            if (descriptors is not null)
                foreach (var (target, source) in descriptors())
                    all[target] = source;
            return ChildProcess.Start(options with { Descriptors = all });
        }));
        run._isInside = true;
        return run;
    }

    private static async Task<EngineRun> StartAsync(EngineCommand command, Func<SpawnOptions, Task<ChildProcess>> launch)
    {
        var (ours, theirs) = SeqPacketPair.Create();
        try
        {
            using var user = command.PathsAs is null ? null : new EngineUser(command);
            var options = new SpawnOptions
            {
                Argv = [.. command.Argv, "swrk", EngineSocket.ToString()],
                NewSession = true,
                Descriptors = new Dictionary<int, int> { [EngineSocket] = (int)theirs.DangerousGetHandle() },
            };
            var process = await launch(user?.Add(options) ?? options);
            if (user is not null)
                await RequireUserAsync(user, process);
            return new EngineRun(process, new CriuConnection(ours));
        }
        finally
        {
            theirs.Dispose();
        }
    }

    private static async Task RequireUserAsync(EngineUser user, ChildProcess engine)
    {
        try
        {
            await user.WaitAsync();
        }
        catch
        {
            engine.Kill(9);
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Dumps up to the gate: images written, tasks held, the cgroup frozen again under them.</summary>
    /// <param name="sandbox">What is dumped.</param>
    /// <param name="freezer">Its freezer.</param>
    /// <param name="request">Where to, and until when.</param>
    /// <param name="inDetail">The engine logs all that it does. That is a line per page run within the pause, so only after a failure.</param>
    /// <exception cref="GuardException">The engine failed (the tasks live) or died (<see cref="GuardException.EngineDied"/>).</exception>
    public async Task DumpToGateAsync(Sandbox sandbox, SandboxFreezer freezer, DumpSandbox request, bool inDetail)
    {
        if (_process.Exited.IsCompleted)
            throw new GuardException("the engine was killed before it touched the job", "Try the checkpoint again.");
        var options = new DumpOptions
        {
            ImagesDirectory = request.Images,
            ImagesByPath = _isInside,
            RootPid = sandbox.EngineRootPid,
            ShellJob = request.ShellJob,
            FreezeCgroup = sandbox.Cgroup,
            External = [.. request.External],
            TimeoutSeconds = Math.Max(1, (request.DeadlineMs == 0 ? SeizeMs : Math.Min(SeizeMs, request.DeadlineMs)) / 1000),
            LogLevel = inDetail ? EngineOptions.LogEverything : EngineOptions.LogWarnings,
        };
        var handler = new GateHandler(CriuNotificationKind.PostDump, async () =>
        {
            freezer.RequestFreeze();
            _atGate.TrySetResult();
            return await _verdict.Task;
        });
        _work = RunAsync(async () => await _engine.DumpAsync(options, handler, _refused.Token));
        await ReachGateAsync(request.DeadlineMs);
    }

    /// <summary>Restores up to the gate: all tasks rebuilt, none running.</summary>
    /// <exception cref="GuardException">The engine failed or died; nothing of the sandbox may be kept.</exception>
    public async Task RestoreToGateAsync(Sandbox sandbox, RestoreSandbox request, IReadOnlyList<InheritFd> inherited)
    {
        sandbox.AddToCgroup(_process.Pid);
        JobCgroup.Join(request.BatchCgroups, _process.Pid);
        var options = new RestoreOptions
        {
            ImagesDirectory = request.Images,
            ImagesByPath = _isInside,
            Root = _isInside ? null : request.Root,
            ShellJob = request.Tree?.ShellJob == true,
            InheritFd = inherited,
            External = [.. request.External],
        };
        var handler = new GateHandler(CriuNotificationKind.PostRestore, async () =>
        {
            _atGate.TrySetResult();
            return await _verdict.Task;
        });
        _work = RunAsync(async () => await _engine.RestoreAsync(options, handler, _refused.Token));
        await ReachGateAsync(request.DeadlineMs);
    }

    /// <summary>Lets the engine go on from its gate and waits until it has let the tasks go.</summary>
    public async Task FinishAsync()
    {
        _verdict.TrySetResult(true);
        if (_work is null)
            return;
        EngineOutcome outcome;
        try
        {
            outcome = await _work;
        }
        catch (EngineException e)
        {
            throw new GuardException($"the engine was killed at its gate: {e.Message}", "The job runs on; try the checkpoint again.");
        }

        if (outcome.Failure is { } failure)
            throw GuardException.From(failure);
        RestoredPid = (outcome as RestoreOutcome)?.Pid;
    }

    /// <summary>The engine hears "no" at its gate or at its next notification.</summary>
    public void Refuse()
    {
        _refused.Cancel();
        _verdict.TrySetResult(false);
        _refusal.TrySetResult();
    }

    /// <summary>Refuses and waits for the engine to let go.</summary>
    /// <returns>False when it did not within the grace.</returns>
    public async Task<bool> AbandonAsync(TimeSpan grace)
    {
        Refuse();
        if (_work is null)
            return true;
        await Task.WhenAny(_work, Task.Delay(grace));
        return _work.IsCompleted;
    }

    /// <summary>Kills the engine and does something in the very next instruction.</summary>
    public void KillAnd(Action next)
    {
        _process.Kill(9);
        next();
    }

    /// <summary>Waits until the engine's process is gone.</summary>
    public Task EndedAsync() => _process.Exited;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Refuse();
        _connection.Dispose();
        await Task.WhenAny(_process.Exited, Task.Delay(EndGrace));
        if (!_process.Exited.IsCompleted)
            _process.Kill(9);
        await _process.Exited;
        _process.Dispose();
        _refused.Dispose();
    }

    // Lost memory is one job's trouble, a lost engine in the middle of a dump would be worse. Needs CAP_SYS_RESOURCE.
    private void KeepFromOutOfMemoryKiller()
    {
        try
        {
            File.WriteAllText($"/proc/{_process.Pid}/oom_score_adj", NeverKill);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            GuardLog.Write($"oom_score_adj of the engine stays: {e.Message}");
        }
    }

    private static async Task<EngineOutcome> RunAsync(Func<Task<EngineOutcome>> work) => await Task.Run(work);

    private async Task ReachGateAsync(uint deadlineMs)
    {
        var deadline = Task.Delay(TimeSpan.FromMilliseconds(deadlineMs == 0 ? uint.MaxValue / 2 : deadlineMs));
        var first = await Task.WhenAny(_atGate.Task, _work!, _process.Exited, deadline, _refusal.Task);
        if (first == _atGate.Task)
            return;
        if (first == _refusal.Task && !await AbandonAsync(RefusalGrace))
            throw new GuardException("the engine was told to stop and does not answer");
        if (first == deadline)
        {
            Refuse();
            throw new GuardException($"the engine did not finish within {deadlineMs / 1000.0:F0} s", "Give `--timeout` more time.");
        }

        // Its answer may still be on the way. Of an engine that was killed while it made processes, these keep its socket open.
        if (first == _process.Exited && await Task.WhenAny(_work!, Task.Delay(EndGrace)) != _work)
            throw Killed();
        try
        {
            var outcome = await _work!;
            throw outcome.Failure is { } failure
                ? GuardException.From(failure)
                : new GuardException("the engine ended without passing its gate");
        }
        catch (EngineDiedException)
        {
            throw Killed();
        }
        catch (EngineException e)
        {
            throw new GuardException($"the engine failed: {e.Message}");
        }
    }

    private static GuardException Killed() =>
        new("the engine was killed while it held the job", "Restart the job from its newest epoch with `hpccr restart`.") { EngineDied = true };
}
