namespace HpcCr.Linux;

/// <summary>
/// A child of this process. It is always reaped, whether or not anybody waits, and only here: .NET's own SIGCHLD handling leaves alone what
/// System.Diagnostics.Process did not start.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(PidFd pidFd)
    {
        PidFd = pidFd;
        ExitWatch.Add(pidFd.Handle, ended =>
        {
            try
            {
                _exited.SetResult(PidFdApi.Wait(Descriptor.Number(ended), PidFdApi.WaitExited)!.Value);
            }
            catch (LinuxException error)
            {
                _exited.SetException(error);
            }
        });
    }

    /// <summary>Its number in our pid namespace.</summary>
    public int Pid => PidFd.Pid;

    /// <summary>The process itself, immune to reuse of its number.</summary>
    public PidFd PidFd { get; }

    /// <summary>Completes with its exit status when it has ended and been reaped; fails with ECHILD if something else reaped it.</summary>
    public Task<ExitStatus> Exited => _exited.Task;

    /// <summary>
    /// Starts a program on the calling thread, so that it is born into that thread's namespaces, cgroup and credentials (see
    /// <see cref="Namespaces.UnshareThread"/>). Its signals are all at their defaults and unblocked; every descriptor not named is closed.
    /// </summary>
    /// <param name="options">What to start.</param>
    /// <returns>The running child.</returns>
    /// <exception cref="LinuxException">The program cannot be started: ENOENT, EACCES, ENOEXEC, or EBADF for a descriptor of ours.</exception>
    public static unsafe ChildProcess Start(SpawnOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Argv.Count == 0)
            throw new ArgumentException("Argv names no program.", nameof(options));
        ExitWatch.Ensure();
        IReadOnlyList<string> environment = options.Environment ?? ProcessEnvironment.Ours();
        string path = ProgramPath.Resolve(options.Argv[0], ProcessEnvironment.Value(environment, "PATH"));
        using var argv = new NativeStrings(options.Argv);
        using var envp = new NativeStrings(environment);
        using var actions = new SpawnFileActions(options);
        using var attributes = new SpawnAttributes(options.NewSession);
        int errno = SpawnApi.Spawn(out int pid, path, actions.Pointer, attributes.Pointer, argv.Pointer, envp.Pointer);
        if (errno != 0)
            throw new LinuxException($"posix_spawn({path} in {options.WorkingDirectory ?? "."})", errno);
        return new ChildProcess(PidFd.Open(pid));
    }

    /// <summary>Takes charge of a process that became our child without our starting it, as the root of a sandbox restored by CRIU (rst_sibling).</summary>
    /// <param name="pid">Its number in our pid namespace.</param>
    /// <returns>The child.</returns>
    /// <exception cref="LinuxException">ESRCH: no such process; ECHILD: it is not our child.</exception>
    public static ChildProcess Adopt(int pid)
    {
        ExitWatch.Ensure();
        PidFd pidFd = PidFd.Open(pid);
        try
        {
            _ = PidFdApi.Wait(Descriptor.Number(pidFd.Handle), PidFdApi.WaitExited | PidFdApi.WaitNoHang | PidFdApi.WaitNoReap);
            return new ChildProcess(pidFd);
        }
        catch
        {
            pidFd.Dispose();
            throw;
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the process.</param>
    /// <returns>How it ended.</returns>
    public Task<ExitStatus> WaitAsync(CancellationToken cancellationToken = default) => Exited.WaitAsync(cancellationToken);

    /// <summary>Sends it a signal; nothing happens when it has ended.</summary>
    /// <param name="signal">The signal's number.</param>
    /// <exception cref="LinuxException">EPERM or EINVAL.</exception>
    public void Kill(int signal) => _ = PidFd.SendSignal(signal);

    /// <summary>Closes <see cref="PidFd"/>; the process runs on and is still reaped.</summary>
    public void Dispose() => PidFd.Dispose();
}
