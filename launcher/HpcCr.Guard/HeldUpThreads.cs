using System.Diagnostics;
using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>
/// Freezes a sandbox in which threads wait uninterruptibly. A thread in vfork(2) counts as frozen for the kernel, but stands still only
/// once its child has executed a program, and the child is frozen too: so the child alone is let go, in a cgroup beside the sandbox's,
/// until it has.
/// </summary>
/// <param name="sandbox">The sandbox.</param>
/// <param name="freezer">Its freezer.</param>
internal sealed class HeldUpThreads(Sandbox sandbox, SandboxFreezer freezer)
{
    private const char Uninterruptible = 'D';
    private const int Rounds = 5;

    // What hangs (a file server) is told from what takes its time (a machine under load) by the threads' state after this.
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ChildRuns = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ChildStops = TimeSpan.FromSeconds(2);

    /// <summary>Freezes it.</summary>
    /// <param name="deadline">How long that may take.</param>
    /// <returns>The threads that do not stop, for people; with any, the sandbox should be thawed and frozen again.</returns>
    /// <exception cref="TimeoutException">It is not frozen, and no thread tells why.</exception>
    public async Task<IReadOnlyList<string>> FreezeAsync(TimeSpan deadline)
    {
        try
        {
            await freezer.FreezeAsync(sandbox.RootPid, Usual < deadline ? Usual : deadline);
        }
        catch (TimeoutException)
        {
            if (Waiting(sandbox.Processes()) is { Count: > 0 } waiting)
                return [.. waiting.Select(Describe)];
            await freezer.SettleAsync(deadline);
        }

        for (var round = 0; round < Rounds && InVfork() is { Count: > 0 } parents; round++)
        {
            if (!await LetChildrenRunAsync(parents))
                break;
        }

        return [.. InVfork().Select(Describe)];
    }

    // Only a process with a child can be in vfork: a program of a thousand threads without any costs one look.
    private List<(int Process, int Thread)> InVfork()
    {
        var processes = sandbox.Processes();
        var parents = processes.Select(pid => ProcFs.ParentOf(pid) ?? 0).ToHashSet();
        return Waiting(processes.Where(parents.Contains));
    }

    private static List<(int Process, int Thread)> Waiting(IEnumerable<int> processes) =>
    [
        .. from pid in processes
           from thread in ProcFs.ThreadsOf(pid)
           where ProcFs.State(thread) == Uninterruptible
           select (pid, thread),
    ];

    private async Task<bool> LetChildrenRunAsync(IReadOnlyList<(int Process, int Thread)> parents)
    {
        var children = parents.SelectMany(ChildrenOf).ToList();
        if (children.Count == 0)
            return false;
        var home = JobCgroup.Open(sandbox.Cgroup);
        var aside = home.MakeSibling($"vfork~{Path.GetFileName(home.Path)}");
        var still = new SandboxFreezer(aside.Path);
        try
        {
            foreach (var child in children)
                TryAdd(aside, child);
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < ChildRuns;)
            {
                if (!parents.Any(parent => ProcFs.State(parent.Thread) == Uninterruptible))
                    break;
                await Task.Delay(1);
            }
        }
        finally
        {
            // What they have become or made comes back as a whole: frozen, nothing forks meanwhile.
            still.RequestFreeze();
            try
            {
                await still.SettleAsync(ChildStops);
            }
            catch (TimeoutException)
            {
                GuardLog.Write("a child in vfork does not stop");
            }

            foreach (var process in aside.Processes())
                TryAdd(home, process);
            try
            {
                await freezer.SettleAsync(ChildStops);
            }
            finally
            {
                aside.Remove();
            }
        }

        return true;
    }

    // One with a memory of its own is not what the thread waits for; of clone(2) with CLONE_VFORK alone nothing tells which it is.
    private static IEnumerable<int> ChildrenOf((int Process, int Thread) parent)
    {
        var all = ProcFs.ChildrenOf(parent.Process, parent.Thread);
        var sharing = all.Where(child => SharedMemory.IsOne(parent.Process, child)).ToList();
        return sharing.Count > 0 ? sharing : all;
    }

    private static void TryAdd(JobCgroup cgroup, int pid)
    {
        try
        {
            cgroup.Add(pid);
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            // It has ended.
        }
    }

    private static string Describe((int Process, int Thread) thread)
    {
        var (pid, tid) = thread;
        var child = ProcFs.ChildrenOf(pid, tid).Where(child => SharedMemory.IsOne(pid, child)).Cast<int?>().FirstOrDefault();
        var who = $"process {pid} ({ProcFs.NameOf(pid)})";
        return child is { } made
            ? $"{who} is in vfork: its child {made} has not executed a program yet"
            : $"{who} waits in the kernel and cannot be interrupted (state D), for a file server or a device";
    }
}
