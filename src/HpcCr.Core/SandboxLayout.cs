namespace HpcCr.Core;

/// <summary>The node's folder of one job. The same on every node, so that a sandbox can be restored on any.</summary>
/// <param name="Root">The folder, absolute.</param>
public sealed record SandboxLayout(string Root)
{
    /// <summary>Stands between the job's name and the sandbox's, for a second sandbox of a job on one node.</summary>
    public const char KeySeparator = '@';

    /// <summary>The guard's socket; root only.</summary>
    public string GuardSocket => Path.Combine(Root, "guard.sock");

    /// <summary>The guard's log.</summary>
    public string GuardLog => Path.Combine(Root, "guard.log");

    /// <summary>The exit status of the sandbox's root, written by the guard.</summary>
    public string ExitStatus => Path.Combine(Root, "exit");

    /// <summary>Options of the engine for which its requests have no field.</summary>
    public string EngineConfig => Path.Combine(Root, "engine.conf");

    /// <summary>What the launcher knows about the job (<see cref="JobSpec"/> as JSON).</summary>
    public string Spec => Path.Combine(Root, "spec.json");

    /// <summary>A tmpfs of the job's own on this node; its sandbox does not see it as a whole.</summary>
    public string Memory => Path.Combine(Root, "memory");

    /// <summary>What lies behind the sandbox's /dev/shm.</summary>
    public string SharedMemory => Path.Combine(Memory, "shm");

    /// <summary>What lies behind the sandbox's TMPDIR, and its /tmp with <c>--private-tmp</c>.</summary>
    public string Temporary => Path.Combine(Memory, "tmp");

    /// <summary>Where the sandbox has its TMPDIR: the same path for all sandboxes of a job, wherever they are.</summary>
    public string TemporaryInside =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Root))!, "tmp", Path.GetFileName(Root).Split(KeySeparator)[0]);

    /// <summary>Where engines dump to when memory allows it; root only.</summary>
    public string Staging => Path.Combine(Memory, "staging");

    /// <summary>Host files for mpirun and mpiexec.</summary>
    public string HostFile(string family) => Path.Combine(Root, $"hosts.{family}");

    /// <summary>The private bind of / that the engine restores into.</summary>
    public string RestoreRoot => Path.Combine(Root, "root");
}
