using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Processes in namespaces of their own, as in containers. Those of mounts are dumped and restored.</summary>
internal sealed class NamespaceCheck : IPreflightCheck
{
    private const string OfChildren = "_for_children";
    private static readonly string[] Kinds = ["pid", "user", "ipc", "uts", "time", "cgroup", "net", "pid" + OfChildren, "time" + OfChildren];

    public string Name => "namespaces";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        var own = Kinds.ToDictionary(kind => kind, kind => ProcFs.LinkOf(target.Root, $"ns/{kind}"));
        return from process in target.Processes
               from kind in Kinds
               let other = ProcFs.LinkOf(process.Pid, $"ns/{kind}")
               where other is not null && own[kind] is not null && other != own[kind]
               group kind by (process.Pid, Kind: kind.Replace(OfChildren, "", StringComparison.Ordinal)) into found
               select new PreflightFinding(found.Key.Pid,
                   $"has a {found.Key.Kind} namespace of its own, which {(found.Key.Kind == "net" ? "does not come back at a restart" : "cannot be dumped")}",
                   "Run the program without a container or sandbox of its own inside the job.");
    }
}
