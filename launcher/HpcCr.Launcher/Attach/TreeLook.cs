using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>What a dump of an attached tree must know beside its images.</summary>
internal static class TreeLook
{
    /// <summary>Looks before anything is frozen.</summary>
    /// <exception cref="HpcCrException">The tree cannot be dumped as it is now (unsupported).</exception>
    public static async Task<TreeRecord> BeforeAsync(LocalJob job, CancellationToken cancellationToken)
    {
        var root = (await job.AskAsync(new GuardRequest { Status = new GetStatus() }, cancellationToken)).Status.RootPid;
        var tree = ProcessTree.Of(root);
        var (replaced, faults) = OutsideEnds.Of(tree);
        if (faults.Count > 0)
        {
            throw new HpcCrException(FailureKind.Unsupported, $"{job.Options.Node}: {string.Join("; ", faults)}; nothing was frozen",
                "Try again when that is over; `hpccr run` starts jobs that can do this.");
        }

        return AtCut(job, new TreeRecord { OutsideSession = OutsideSession(root), Replaced = replaced });
    }

    /// <summary>Looks again while the tree stands still.</summary>
    public static TreeRecord AtCut(LocalJob job, TreeRecord before) => before with { LastPid = job.Cgroup.Processes().SelectMany(NumbersOf).DefaultIfEmpty(1).Max() };

    /// <summary>The files that stand in for the tree's own output.</summary>
    public static IEnumerable<string> Outputs(JobSpec spec) =>
        [Path.Combine(spec.Folder, JobFolder.StandardOutput), Path.Combine(spec.Folder, JobFolder.StandardError)];

    /// <summary>As the engine wants them at a dump: what it need not find inside the tree.</summary>
    public static IEnumerable<string> External(TreeRecord? tree) =>
        (tree?.Replaced ?? []).Select(file => file.Key).Where(key => !key.StartsWith("pipe:", StringComparison.Ordinal))
            .Select(key => key.Replace("socket:[", "unix[", StringComparison.Ordinal));

    private static int OutsideSession(int root) =>
        ProcFs.InnermostOf(root, "NSsid:") is { } session && session != ProcFs.InnermostOf(root, "NSpid:") ? session : 0;

    private static IEnumerable<int> NumbersOf(int pid) =>
        ThreadProcessors.Of(pid).Select(thread => thread.NamespaceNumbers[^1])
            .Append(ProcFs.InnermostOf(pid, "NSsid:") ?? 0).Append(ProcFs.InnermostOf(pid, "NSpgid:") ?? 0);
}
