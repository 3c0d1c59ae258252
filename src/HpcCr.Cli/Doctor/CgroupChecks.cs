using HpcCr.Linux;

namespace HpcCr.Cli.Doctor;

/// <summary>A cgroup with a freezer can be made below our own.</summary>
internal static class CgroupChecks
{
    private const string Name = "cgroup freezer";

    /// <summary>Runs them.</summary>
    public static IReadOnlyList<Finding> Run() => [Freezer()];

    private static Finding Freezer()
    {
        CgroupHost host;
        try
        {
            host = CgroupHost.Detect();
        }
        catch (LinuxException)
        {
            return Finding.Fail(Name, "no cgroup v2 hierarchy is mounted", "Mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified");
        }

        if (!Environment.IsPrivilegedProcess) return Finding.Ok(Name, $"v2 at {host.V2Root} (not tried)");
        try
        {
            var probe = JobCgroup.Create($"hpccr-doctor-{Environment.ProcessId}");
            var hasFreezer = File.Exists(Path.Combine(probe.Path, "cgroup.freeze"));
            probe.Remove();
            if (hasFreezer) return Finding.Ok(Name, $"v2 at {host.V2Root}");
            return host.V1FreezerRoot is { } v1
                ? Finding.Ok(Name, $"v1 at {v1}")
                : Finding.Fail(Name, "the kernel's cgroups have no freezer", "Use a kernel from 5.2 on, or mount the v1 freezer.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(Name, $"no cgroup can be made below {host.OwnV2Path}: {e.Message}",
                "Mount the cgroup hierarchy writable, or delegate this unit's cgroup (Delegate=yes).");
        }
    }
}
