namespace HpcCr.Cli.Doctor;

/// <summary>What the kernel must have, as far as it shows in /proc.</summary>
internal static class KernelChecks
{
    private static readonly Version Oldest = new(5, 11);

    /// <summary>Runs them.</summary>
    public static IReadOnlyList<Finding> Run() => [Release(), CheckpointRestore(), Namespaces()];

    private static Finding Release()
    {
        var release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var numbers = release.Split('.', '-');
        var isNew = numbers.Length > 1 && int.TryParse(numbers[0], out var major) && int.TryParse(numbers[1], out var minor)
            && new Version(major, minor) >= Oldest;
        return isNew
            ? Finding.Ok("kernel", release)
            : Finding.Warn("kernel", $"{release}: older than {Oldest}, which nobody has tried", "Use a newer kernel.");
    }

    private static Finding CheckpointRestore() => File.Exists("/proc/sys/kernel/ns_last_pid")
        ? Finding.Ok("checkpoint support", "CONFIG_CHECKPOINT_RESTORE")
        : Finding.Fail("checkpoint support", "the kernel was built without CONFIG_CHECKPOINT_RESTORE", "Use a kernel with it; the distributions' have it.");

    private static Finding Namespaces()
    {
        var missing = ((string[])["mnt", "pid", "ipc", "uts", "net"]).Where(kind => !File.Exists($"/proc/self/ns/{kind}")).ToList();
        if (missing.Count > 0)
            return Finding.Fail("namespaces", $"the kernel has no {string.Join(", ", missing)} namespaces", "Use a kernel with them.");
        return File.Exists("/proc/self/ns/time")
            ? Finding.Ok("namespaces", "mnt, pid, ipc, uts, net, time")
            : Finding.Warn("namespaces", "no time namespaces: the monotonic clock jumps at a restart on another machine", "Use a kernel with CONFIG_TIME_NS.");
    }
}
