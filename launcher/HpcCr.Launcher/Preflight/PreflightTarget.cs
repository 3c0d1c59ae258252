namespace HpcCr.Launcher;

/// <summary>A job's part on this node, as it runs now.</summary>
/// <param name="Job">The job.</param>
/// <param name="Root">The process that the engine begins with.</param>
/// <param name="Processes">The processes in the job's cgroup.</param>
internal sealed record PreflightTarget(LocalJob Job, int Root, IReadOnlyList<ProcessLook> Processes)
{
    /// <summary>All that is open or mapped, with the process that has it.</summary>
    public IEnumerable<(int Pid, OpenThing Thing)> Things => Processes.SelectMany(process => process.Things.Select(thing => (process.Pid, thing)));

    /// <summary>Beginnings of the names of devices that plugins of the job see to.</summary>
    public IReadOnlyList<string> DevicesOfPlugins { get; init; } = [];

    /// <summary>Looks at a job.</summary>
    public static PreflightTarget At(LocalJob job, int root) =>
        // What waits in the namespace of a restored tree is in no image.
        new(job, root, [.. job.Cgroup.Processes().Where(pid => pid > 0 && !(job.Spec.Attached && TreeInit.Owns(pid))).Select(ProcessLook.At)]);
}
