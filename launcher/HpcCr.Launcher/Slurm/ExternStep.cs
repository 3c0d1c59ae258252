using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// The extern step, which Slurm makes on every node of an allocation for processes that it has not started itself. Its cgroups are joined beside
/// the sandbox's own: Slurm then accounts for, limits and ends what is in them, and sends it no signal but SIGKILL.
/// </summary>
internal static class ExternStep
{
    /// <summary>Its cgroups in all v1 hierarchies that Slurm uses here; none where it keeps no cgroups.</summary>
    public static IReadOnlyList<string> CgroupsOf(JobSpec spec) => spec.SlurmJob == 0
        ? []
        : [.. MountInfo.Read().Where(mount => mount.FileSystem == "cgroup").Select(mount => Below(mount.MountPoint, spec)).OfType<string>()];

    // slurm, or slurm_NODE where several slurmd share a machine.
    private static string? Below(string hierarchy, JobSpec spec) => Directory.EnumerateDirectories(hierarchy, "slurm*")
        .Select(slurm => Path.Combine(slurm, $"uid_{spec.Uid}", $"job_{spec.SlurmJob}", "step_extern"))
        .FirstOrDefault(Directory.Exists);
}
