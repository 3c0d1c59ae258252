using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Whether a tree of processes may and can be taken under control.</summary>
internal static class TreeChecks
{
    private static readonly string[] Namespaces = ["pid", "mnt", "net", "ipc", "uts", "user", "time", "cgroup"];

    /// <summary>Makes every check.</summary>
    /// <param name="root">The tree's root.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="jobs">The jobs that are here already.</param>
    /// <param name="node">This node's name.</param>
    /// <returns>The tree's processes.</returns>
    /// <exception cref="HpcCrException">The reason against it; nothing was touched.</exception>
    public static IReadOnlyList<int> Pass(int root, uint caller, LocalJobs jobs, string node)
    {
        if (root <= 0 || ProcFs.State(root) is null or 'Z' || !ProcFs.All().Contains(root))
            throw Gone(root, node);
        var tree = ProcessTree.Of(root).Where(pid => ProcFs.State(pid) is not (null or 'Z')).ToList();
        if (caller != 0 && tree.Any(pid => ProcFs.UsersOf(pid).Any(uid => uid != caller)))
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"process {root} on {node}, or one below it, belongs to another user",
                "Only root may attach to other users' processes.");
        }

        if (Refusal(root, tree) is { } refusal)
            throw new HpcCrException(FailureKind.Unsupported, $"{refusal} on {node}; nothing was touched", "Name another process with --pid.");
        if (tree.Select(jobs.OfProcess).FirstOrDefault(job => job is not null) is { } other)
            throw new HpcCrException(FailureKind.Failed, $"process {root} on {node} belongs to job {other.Spec.Name} already", $"See `hpccr status {other.Spec.Name}`.");
        if (OutsideEnds.Of(tree).Faults is { Count: > 0 } faults)
        {
            throw new HpcCrException(FailureKind.Unsupported, $"the tree of process {root} on {node} talks to processes outside of it: {string.Join("; ", faults)}; nothing was touched",
                "Attach to a process above both ends, or start the job with `hpccr run`.");
        }

        return tree;
    }

    /// <summary>Holds the tree's root, to be asked later whether it still has its number.</summary>
    /// <exception cref="HpcCrException">There is no such process.</exception>
    public static PidFd Hold(int root, string node)
    {
        try
        {
            return root > 0 ? PidFd.Open(root) : throw Gone(root, node);
        }
        catch (LinuxException e) when (e.Errno is Errno.ESRCH or Errno.EINVAL or Errno.ENOENT)
        {
            throw Gone(root, node);
        }
    }

    /// <summary>What is told of a process that is not there.</summary>
    public static HpcCrException Gone(int pid, string node) =>
        new(FailureKind.NotFound, $"there is no process {pid} on {node}", "`ps -e` lists the processes of a node; name a process, not a thread.");

    private static string? Refusal(int root, IReadOnlyList<int> tree)
    {
        if (root == 1)
            return "process 1 is the parent of all others";
        if (ProcFs.IsKernelThread(root))
            return $"process {root} is one of the kernel's own";
        if (tree.Contains(Environment.ProcessId))
            return $"process {root} is this launcher, or what started it";
        if (tree.FirstOrDefault(IsOurs) is var ours and not 0)
            return $"the tree of process {root} holds a process of HpcCr itself, {ours} ({ProcFs.NameOf(ours)})";
        if (tree.FirstOrDefault(pid => ProcFs.SessionOf(pid) == 0) is var strayed and not 0)
            return $"process {strayed} belongs to a session that is led from outside of its pid namespace";
        foreach (var pid in tree)
            if (Namespaces.FirstOrDefault(kind => ProcFs.LinkOf(pid, $"ns/{kind}") is { } own && own != ProcFs.LinkOf(Environment.ProcessId, $"ns/{kind}")) is { } foreign)
                return $"process {pid} of the tree has a {foreign} namespace of its own, as in a container, which cannot be restored";
        return null;
    }

    private static bool IsOurs(int pid) =>
        ProcFs.LinkOf(pid, "exe") is { } program && Path.GetDirectoryName(program) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
}
