using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Pid 1 of the namespaces that an attached tree is restored into: it adopts and reaps, and is in no image.</summary>
internal static class TreeInit
{
    private const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly string[] Pause = ["sleep", "infinity"];

    /// <summary>How it enters.</summary>
    public static SandboxEntry Entry(LocalJob job, ManifestNode sandbox) => new()
    {
        HostName = sandbox.Node,
        Cgroup = job.Cgroup.Path,
        Hidden = job.Options.Run.Jobs,
        Kept = job.Layout.Root,
        LastPid = (uint)sandbox.Tree!.LastPid,
        Argv = { new[] { Programs.Init, "--" }.Concat(Pause) },
        Environment = { SearchPath },
    };

    /// <summary>Whether a process of the job is this one, or what it waits for.</summary>
    public static bool Owns(int pid) =>
        ProcFs.NamespacePids(pid) is [_, .., 1] || (ProcFs.CommandLine(pid).SequenceEqual(Pause) && ProcFs.ParentOf(pid) is { } parent && ProcFs.NamespacePids(parent) is [_, .., 1]);
}
