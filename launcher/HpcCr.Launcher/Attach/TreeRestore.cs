using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>What the restore of an attached tree needs beside what every restore does.</summary>
internal static class TreeRestore
{
    /// <summary>Makes the copy of the images fit to be restored apart from the session that the tree was in.</summary>
    public static void Prepare(RestoreWork work)
    {
        if (work.Sandbox.Tree is { OutsideSession: not 0 } tree)
            TerminalsImage.LeaveSession(work.Images, tree.OutsideSession);
    }

    /// <summary>What the guard is told; null for a sandbox.</summary>
    public static RestoreTree? Of(LocalJob job, RestoreWork work)
    {
        if (work.Sandbox.Tree is not { } tree)
            return null;
        var spec = job.Spec;
        var output = Path.Combine(spec.Folder, JobFolder.StandardOutput);
        return new RestoreTree
        {
            Init = TreeInit.Entry(job, work.Sandbox),
            ShellJob = tree.IsShellJob,
            Uid = spec.Uid,
            Gid = spec.Gid,
            Groups = { UserDatabase.Groups(spec.Uid, spec.Gid) },
            TerminalOutput = output,
            Replaced = { tree.Replaced.Select(file => Replace(file, spec, output)) },
        };
    }

    private static ReplaceFile Replace(ReplacedFile file, JobSpec spec, string output) => file.By switch
    {
        Replacement.Terminal => new ReplaceFile { Key = file.Key },
        Replacement.StandardOutput => new ReplaceFile { Key = file.Key, Path = output, ForWriting = true },
        Replacement.StandardError => new ReplaceFile { Key = file.Key, Path = Path.Combine(spec.Folder, JobFolder.StandardError), ForWriting = true },
        _ => new ReplaceFile { Key = file.Key, Path = "/dev/null" },
    };
}
