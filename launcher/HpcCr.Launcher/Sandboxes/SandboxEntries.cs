using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Describes the processes that enter a sandbox.</summary>
/// <param name="spec">The job.</param>
/// <param name="sandbox">Which of its sandboxes.</param>
/// <param name="layout">The job's folder on this node.</param>
/// <param name="cgroup">The job's cgroup on this node.</param>
/// <param name="batchCgroups">What else they join.</param>
/// <param name="options">The launcher's.</param>
internal sealed class SandboxEntries(
    JobSpec spec, string sandbox, SandboxLayout layout, string cgroup, IReadOnlyList<string> batchCgroups, LauncherOptions options)
{
    /// <summary>Pid 1 with the job's command, on the head node.</summary>
    public SandboxEntry Head()
    {
        var entry = Common(Path.Combine(spec.Folder, JobFolder.StandardOutput), Path.Combine(spec.Folder, JobFolder.StandardError));
        entry.Argv.Add([Programs.Init, "-g", "--", .. spec.Command]);
        AddMounts(entry);
        return entry;
    }

    /// <summary>Pid 1 that waits for remote starts, on every other node.</summary>
    public SandboxEntry Waiting()
    {
        var output = Path.Combine(spec.Folder, JobFolder.NodeOutput(sandbox));
        var entry = Common(output, output);
        entry.Argv.Add([Programs.Init, "--", "sleep", "infinity"]);
        AddMounts(entry);
        return entry;
    }

    /// <summary>A command that came through the remote-start agent; run by a shell as ssh would.</summary>
    public SandboxEntry Remote(IReadOnlyList<string> command)
    {
        var output = Path.Combine(spec.Folder, JobFolder.NodeOutput(sandbox));
        var entry = Common(output, output);
        entry.Join = true;
        entry.Argv.Add(["/bin/sh", "-c", string.Join(' ', command)]);
        return entry;
    }

    /// <summary>A command of a plugin, run beside the job.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="mark">Known of its processes by this variable.</param>
    /// <param name="status">Where its exit code goes, as the sandbox sees it.</param>
    public SandboxEntry Beside(IReadOnlyList<string> command, string mark, string status)
    {
        var output = Path.Combine(spec.Folder, JobFolder.NodeOutput(sandbox));
        var entry = Common(output, output);
        entry.Join = true;
        entry.Argv.Add(["/bin/sh", "-c", "status=$1; shift; \"$@\"; echo $? >\"$status\"", "sh", status, .. command]);
        entry.Environment.Add(mark);
        return entry;
    }

    private SandboxEntry Common(string standardOutput, string standardError)
    {
        var entry = new SandboxEntry
        {
            HostName = sandbox,
            Cgroup = cgroup,
            Uid = spec.Uid,
            Gid = spec.Gid,
            Umask = (uint)spec.Umask,
            WorkingDirectory = spec.WorkingDirectory,
            StandardOutput = standardOutput,
            StandardError = standardError,
            BatchCgroups = { batchCgroups },
        };
        entry.Groups.Add(UserDatabase.Groups(spec.Uid, spec.Gid));
        entry.Limits.Add(spec.Limits.Select(l => new Limit { Resource = l.Resource, Soft = l.Soft, Hard = l.Hard }));
        entry.Environment.Add(JobVariables().Select(v => $"{v.Key}={v.Value}"));
        return entry;
    }

    private Dictionary<string, string> JobVariables()
    {
        var variables = new Dictionary<string, string>(options.JobEnvironment);
        foreach (var (name, value) in spec.Environment)
            variables[name] = value;
        foreach (var (name, value) in MpiEnvironment.Variables(spec, layout, Programs.Agent))
            variables[name] = value;
        variables["HPCCR_JOB"] = spec.Name;
        variables["HPCCR_NODE"] = sandbox;
        variables[RunLayout.Variable] = options.Run.Root;
        variables["TMPDIR"] = layout.TemporaryInside;
        return variables;
    }

    private void AddMounts(SandboxEntry entry)
    {
        entry.Hidden = options.Run.Jobs;
        entry.Binds.Add(new BindMount { Source = layout.SharedMemory, Target = "/dev/shm" });
        entry.Binds.Add(new BindMount { Source = layout.Temporary, Target = layout.TemporaryInside });
        if (spec.PrivateTmp)
            entry.Binds.Add(new BindMount { Source = layout.Temporary, Target = "/tmp" });
    }
}
