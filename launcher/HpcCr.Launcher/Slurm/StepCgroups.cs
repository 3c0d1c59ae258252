using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// The cgroups of the step of Slurm's that holds a job's processes. They are joined beside the sandbox's own: Slurm then accounts for, limits
/// and ends what is in them, and sends it no signal but SIGKILL, as it is no task of the step.
/// </summary>
internal static class StepCgroups
{
    /// <summary>Those of all v1 hierarchies that Slurm uses here; none where it keeps no cgroups.</summary>
    public static IReadOnlyList<string> Of(JobSpec spec) => Of(spec, MountInfo.Read().Where(mount => mount.FileSystem == "cgroup").Select(mount => mount.MountPoint));

    /// <summary>Those below some hierarchies.</summary>
    public static IReadOnlyList<string> Of(JobSpec spec, IEnumerable<string> hierarchies) =>
        spec.SlurmJob == 0 ? [] : [.. hierarchies.Select(hierarchy => Below(hierarchy, spec)).OfType<string>()];

    // slurm, or slurm_NODE where several slurmd share a machine.
    private static string? Below(string hierarchy, JobSpec spec) => Directory.EnumerateDirectories(hierarchy, "slurm*")
        .Select(slurm => Path.Combine(slurm, $"uid_{spec.Uid}", $"job_{spec.SlurmJob}", $"step_{spec.SlurmStep}"))
        .FirstOrDefault(Directory.Exists);
}
