using HpcCr.Linux;

namespace HpcCr.Cli.Doctor;

/// <summary>What this user may do; the launcher needs root with these capabilities.</summary>
internal static class PrivilegeChecks
{
    private static readonly Capability[] Needed = [Capability.SysAdmin, Capability.SysPtrace, Capability.NetAdmin, Capability.SetUid, Capability.SetGid];

    /// <summary>Runs them.</summary>
    public static IReadOnlyList<Finding> Run()
    {
        if (!Environment.IsPrivilegedProcess)
            return [Finding.Warn("privileges", "this user is not root, so not everything could be checked", "Run `hpccr doctor` as root; launchers run as root.")];
        var missing = Needed.Where(capability => !Capabilities.Has(capability)).ToList();
        var basic = missing.Count == 0
            ? Finding.Ok("privileges", "root with the capabilities that dumping needs")
            : Finding.Fail("privileges", $"root lacks {string.Join(", ", missing)}", "Start this machine or container with these capabilities.");
        var limits = Capabilities.Has(Capability.SysResource)
            ? Finding.Ok("CAP_SYS_RESOURCE", "there")
            : Finding.Warn("CAP_SYS_RESOURCE", "root lacks it: hard limits cannot be raised at a restart, and a job of another user is dumped with that user's ids",
                "Start this machine or container with CAP_SYS_RESOURCE.");
        return [basic, limits];
    }
}
