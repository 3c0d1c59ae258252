using System.Globalization;
using HpcCr.Linux;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>Looks whether a tree of processes can be attached, and what kind of job it would be; changes nothing.</summary>
internal static class InspectTreeStep
{
    public static Reply Run(InspectTree request, LocalJobs jobs, string node)
    {
        using var root = TreeChecks.Hold(request.Pid, node);
        var tree = TreeChecks.Pass(request.Pid, request.CallerUid, jobs, node);
        var found = new TreeInspected { Spec = Describe(request.Pid, tree).ToWire(), StartTime = ProcFs.StartTime(request.Pid) ?? throw TreeChecks.Gone(request.Pid, node) };
        // Its owner was checked and its environment read by number: all of that was of one process.
        return root.HasItsNumber ? new Reply { TreeInspected = found } : throw TreeChecks.Gone(request.Pid, node);
    }

    private static Core.JobSpec Describe(int root, IReadOnlyList<int> tree)
    {
        var users = tree.SelectMany(ProcFs.UsersOf).Distinct().ToList();
        return new Core.JobSpec
        {
            Name = root.ToString(CultureInfo.InvariantCulture),
            Command = ProcFs.CommandLine(root),
            Environment = Variables(root),
            WorkingDirectory = ProcFs.LinkOf(root, "cwd") ?? "/",
            Umask = ProcFs.UmaskOf(root) ?? 0x12,
            // Whoever owns the epochs can read the memory of every process of the tree.
            Uid = users.Count == 1 ? users[0] : 0,
            Gid = users.Count == 1 && ProcFs.GroupIdsOf(root) is [var group, ..] ? group : 0,
            Limits = ResourceLimits.Of(root),
            Nodes = [],
            CheckpointDirectory = "/",
            Attached = true,
        };
    }

    // A program may have overwritten its environment with anything.
    private static Dictionary<string, string> Variables(int pid)
    {
        var variables = new Dictionary<string, string>();
        foreach (var text in ProcFs.EnvironmentOf(pid))
            if (text.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                variables[text[..at]] = text[(at + 1)..];
        return variables;
    }
}
