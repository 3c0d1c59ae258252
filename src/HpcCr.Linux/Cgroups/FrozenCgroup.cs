namespace HpcCr.Linux;

/// <summary>Looks for cgroups above a job's that somebody else has frozen, in either hierarchy: a job in them stands still already.</summary>
public static class FrozenCgroup
{
    /// <summary>The frozen cgroup that a process is in.</summary>
    /// <param name="cgroup">The job's v2 cgroup; only what is above it counts.</param>
    /// <param name="pid">A process of the job: its cgroup in the v1 freezer counts itself.</param>
    /// <returns>Its folder; null when there is none.</returns>
    public static string? Above(string cgroup, int pid)
    {
        using var freezer = new CgroupV2Freezer(cgroup);
        return freezer.FrozenAncestor() ?? OfVersionOne(pid);
    }

    // On hybrid hosts somebody may use the other hierarchy; a task that it has frozen never reports to ours.
    private static string? OfVersionOne(int pid)
    {
        // The root of that hierarchy cannot be frozen, and has no file that would say so.
        if (CgroupHost.Detect().V1FreezerPathOf(pid) is not { } path || !File.Exists(Path.Combine(path, "freezer.state")))
            return null;
        using var freezer = new CgroupV1Freezer(path);
        return freezer.IsFrozen ? path : freezer.FrozenAncestor();
    }
}
