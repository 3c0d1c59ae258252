using HpcCr.Cli.Processes;
using HpcCr.Linux;

namespace HpcCr.Cli.Lab;

/// <summary>
/// The lab's cgroups: one for the lab and one per node below it, so that everything a node ever started is found and
/// ended, and two labs with different run folders never meet. The launchers make theirs below their node's.
/// </summary>
internal static class LabCgroup
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Where the lab's cgroup belongs: below this process's own. Empty where there is no cgroup v2.</summary>
    public static string PathFor(RunLayout run)
    {
        var name = $"hpccr-lab{run.Tag}";
        try
        {
            return Path.Combine(CgroupHost.Detect().OwnV2Path, name);
        }
        catch (LinuxException)
        {
            return "";
        }
    }

    /// <summary>The lab's cgroup, made if it is not there.</summary>
    public static string Make(LabState state)
    {
        if (state.Cgroup.Length > 0) Directory.CreateDirectory(state.Cgroup);
        return state.Cgroup;
    }

    /// <summary>The node's cgroup, made if it is not there.</summary>
    public static string Make(LabState state, LabNode node)
    {
        var path = Of(state, node);
        if (path.Length > 0) Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>The node's cgroup, whether it is there or not; empty where there is no cgroup v2.</summary>
    public static string Of(LabState state, LabNode node) => state.Cgroup.Length == 0 ? "" : Path.Combine(state.Cgroup, node.Name);

    /// <summary>Kills every process in a cgroup and below, and removes it, deepest first.</summary>
    public static async Task RemoveAsync(string path, CancellationToken cancellationToken)
    {
        if (path.Length == 0 || !Directory.Exists(path)) return;
        var cgroup = JobCgroup.Open(path);
        var processes = cgroup.Processes().Select(ProcessIdentity.Of).OfType<ProcessIdentity>().ToList();
        try
        {
            cgroup.Kill();
            await cgroup.WaitEmptyAsync(Deadline, cancellationToken);
            // A dying process leaves its cgroup a moment before it is gone.
            foreach (var process in processes) await process.WaitGoneAsync(Deadline, cancellationToken);
            cgroup.Remove();
        }
        catch (Exception e) when (e is TimeoutException or LinuxException)
        {
            throw new HpcCrException(FailureKind.Failed, $"the cgroup {path} cannot be removed: {e.Message}",
                "A process in it may hang in the kernel; see /proc/PID/stack, then `hpccr lab down` again.", e);
        }
    }
}
