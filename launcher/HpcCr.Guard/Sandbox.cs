using System.Text;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using State = HpcCr.Protocol.V1.Local.GuardStatus.Types.State;

namespace HpcCr.Guard;

/// <summary>The job's processes on this node: a root (pid 1 of its own pid namespace) and all that came of it.</summary>
internal sealed class Sandbox(SandboxLayout layout)
{
    private const int StatusPipe = 3;
    private const NamespaceKinds NewTree = NamespaceKinds.Mount | NamespaceKinds.Uts | NamespaceKinds.Pid;
    private const NamespaceKinds NewSandbox = NewTree | NamespaceKinds.Ipc;

    // From the loss of its memory, which a dump or a look at /proc stumbles over, to the exit status that its parent reads.
    private static readonly TimeSpan EndGrace = TimeSpan.FromMilliseconds(100);
    private static readonly string Self = Environment.ProcessPath!;

    private JobCgroup? _cgroup;
    private PidFd? _root;
    private TreeAdoption? _adoption;
    private ChildProcess? _init;
    private Task? _watch;
    private int _entries;

    /// <summary>Raised once when the root has ended.</summary>
    public event Action? Ended;

    public State State { get; private set; } = State.Empty;

    public int RootPid => _root?.Pid ?? 0;

    public int ExitCode { get; private set; }

    public string Cgroup => _cgroup?.Path ?? throw new GuardException("there is no sandbox here");

    /// <summary>Whether this is an attached tree: what it is born into is not of our making.</summary>
    public bool IsTree => _adoption is not null || _init is not null;

    /// <summary>A process in whose namespaces the engine must work; null when the tree lives in the host's, or is a sandbox.</summary>
    public PidFd? Surroundings => _init?.PidFd;

    /// <summary>The root's number as the engine sees it.</summary>
    public int EngineRootPid => _init is null ? RootPid : ProcFs.NamespacePids(RootPid)[^1];

    public ulong CgroupId => _cgroup?.Id ?? 0;

    /// <summary>All of its processes now.</summary>
    public IReadOnlyList<int> Processes() => _cgroup?.Processes() ?? [];

    /// <summary>All of its threads now.</summary>
    public IReadOnlySet<int> Threads() => _cgroup?.Threads() ?? new HashSet<int>();

    /// <summary>Makes the namespaces and starts the root in them; returns when it has become the job's program.</summary>
    public async Task StartAsync(StartSandbox request)
    {
        if (State != State.Empty)
            throw new GuardException("this guard has a sandbox already");
        _cgroup = JobCgroup.Open(request.Cgroup);
        var root = await LaunchAsync(request.Entry, [], NewSandbox);
        State = State.Running;
        Watch(root.PidFd, CodeOfAsync(root));
    }

    /// <summary>Takes a tree that runs already.</summary>
    public async Task AttachAsync(AttachTree request)
    {
        if (State != State.Empty)
            throw new GuardException("this guard has a sandbox already");
        _cgroup = JobCgroup.Open(request.Cgroup);
        _adoption = await TreeAdoption.TakeAsync(_cgroup, request);
        State = State.Running;
        Watch(_adoption.Root, ForeignExit.OfAsync(_adoption.Root));
    }

    /// <summary>Lets a tree that was attached, and not restarted since, go on without us; nothing happens when there is none.</summary>
    public void Release()
    {
        if (_adoption is null || State != State.Running)
            return;
        State = State.Empty;
        _adoption.GiveBack();
    }

    /// <summary>Makes the namespaces that an attached tree is restored into.</summary>
    public async Task PrepareTreeAsync(SandboxEntry init) => _init = await LaunchAsync(init, [], NewTree, "init");

    /// <summary>Starts a further process inside; it becomes a child of the sandbox's pid 1, as what a daemon leaves behind.</summary>
    public async Task SpawnAsync(SandboxEntry entry)
    {
        if (State != State.Running)
            throw new GuardException("the sandbox has ended");
        RequireRoot();
        string[] nsenter =
        [
            "nsenter", "--target", $"{RootPid}", "--mount", "--uts", "--ipc", "--pid", "--time", "--", "setsid", "--fork",
        ];
        using var process = await LaunchAsync(entry, nsenter, NamespaceKinds.None);
        await process.Exited;
    }

    /// <summary>Goes on only if the root's number still is the root's: other programs take it for the sandbox.</summary>
    /// <exception cref="GuardException">The root has ended and was reaped; its number may be any process's.</exception>
    public void RequireRoot()
    {
        if (_root is not { HasItsNumber: true })
            throw new GuardException("the sandbox has ended");
    }

    public void Signal(int signal)
    {
        if (State == State.Running)
            _root?.SendSignal(signal);
    }

    public void BeginRestore(string cgroup)
    {
        if (State != State.Empty)
            throw new GuardException("this guard has a sandbox already");
        _cgroup = JobCgroup.Open(cgroup);
        State = State.Restoring;
    }

    public void AddToCgroup(int pid) => _cgroup!.Add(pid);

    /// <summary>The engine has restored the root as our child.</summary>
    /// <param name="pid">Its number as the engine sees it.</param>
    public void Restored(int pid)
    {
        var root = ChildProcess.Adopt(_init is null ? pid : OutsideNumberOf(pid));
        State = State.Running;
        Watch(root.PidFd, CodeOfAsync(root));
    }

    /// <summary>Kills every process of the sandbox, frozen or not, and waits until none is left.</summary>
    public async Task KillAsync(TimeSpan deadline)
    {
        if (_cgroup is null)
            return;
        _cgroup.Kill();
        await _cgroup.WaitEmptyAsync(deadline);
        if (State == State.Empty)
            return;
        if (_watch is not null)
            await _watch;
        else if (State == State.Restoring)
            State = State.Empty;
    }

    /// <summary>Kills every process of the sandbox, and does not wait for their end.</summary>
    public void KillProcesses() => _cgroup?.Kill();

    /// <summary>Whether the root has ended; one that is just ending is waited for.</summary>
    public async Task<bool> HasEndedAsync()
    {
        if (_watch is not { } watch)
            return false;
        await Task.WhenAny(watch, Task.Delay(EndGrace));
        return State == State.Ended;
    }

    public void MarkLost() => State = State.Lost;

    /// <summary>Runs a short command as root in the sandbox's mount namespace.</summary>
    public void RunInside(string[] command)
    {
        RequireRoot();
        using var process = ChildProcess.Start(new SpawnOptions { Argv = ["nsenter", "--target", $"{RootPid}", "--mount", "--", .. command] });
        process.Exited.Wait();
    }

    /// <summary>Takes every TCP socket of the sandbox out of the repair mode that a dead engine left it in.</summary>
    public void ClearRepair()
    {
        foreach (var pid in _cgroup!.Processes())
            TcpRepair.ClearAll(pid);
    }

    /// <summary>Lets data that the lock held back leave now instead of at a backed-off timer; the sandbox is frozen and unlocked.</summary>
    public void Kick()
    {
        foreach (var pid in _cgroup!.Processes())
            TcpRepair.Kick(pid);
    }

    // The child tells over a pipe why it could not become the job's program; success is that the exec closed it.
    private async Task<ChildProcess> LaunchAsync(SandboxEntry entry, string[] prefix, NamespaceKinds kinds, string role = "enter")
    {
        var file = Path.Combine(layout.Root, $"enter.{Interlocked.Increment(ref _entries)}");
        try
        {
            // Nobody else's from its first byte on: the job's environment is in it.
            using (var written = Descriptors.Open(file, OpenFor.WriteOnly | OpenFor.Create))
                RandomAccess.Write(written, entry.ToByteArray(), 0);
            using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In);
            var options = new SpawnOptions
            {
                Argv = [.. prefix, Self, role, file],
                Descriptors = new Dictionary<int, int> { [StatusPipe] = (int)pipe.ClientSafePipeHandle.DangerousGetHandle() },
                NewSession = kinds != NamespaceKinds.None,
            };
            var child = kinds == NamespaceKinds.None ? ChildProcess.Start(options) : await NewNamespaces.StartAsync(kinds, () => ChildProcess.Start(options));
            pipe.DisposeLocalCopyOfClientHandle();
            using var text = new MemoryStream();
            await pipe.CopyToAsync(text);
            if (text.Length == 0)
                return child;
            await child.Exited;
            child.Dispose();
            throw new GuardException(Encoding.UTF8.GetString(text.ToArray()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<int> CodeOfAsync(ChildProcess process) => (await process.Exited).ShellCode;

    private int OutsideNumberOf(int pid)
    {
        foreach (var candidate in _cgroup!.Processes())
            if (ProcFs.NamespacePids(candidate) is [_, ..] numbers && numbers[^1] == pid)
                return candidate;
        throw new GuardException($"the engine restored process {pid}, and it is not there");
    }

    private void Watch(PidFd root, Task<int> exitCode)
    {
        _root = root;
        _watch = WatchAsync(exitCode);
        GuardTask.Watch(_watch, "the end of the sandbox was not noticed");
    }

    private async Task WatchAsync(Task<int> exitCode)
    {
        ExitCode = await exitCode;
        if (State == State.Empty)
            return;
        try
        {
            AtomicFile.Write(layout.ExitStatus, Encoding.ASCII.GetBytes($"{ExitCode}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (e is IOException or LinuxException or UnauthorizedAccessException)
        {
            // The launcher is told all the same.
            GuardLog.Write($"the exit code was not written: {e.Message}");
        }

        if (State != State.Lost)
            State = State.Ended;
        GuardLog.Write($"the sandbox's root ended with {ExitCode}");
        Ended?.Invoke();
    }
}
