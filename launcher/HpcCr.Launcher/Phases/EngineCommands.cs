using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>How this node starts its engine.</summary>
/// <param name="program">The CRIU that was found.</param>
internal sealed class EngineCommands(string program)
{
    /// <summary>The command for a job's sandbox. Of an ordinary user's job the engine works on paths as that user.</summary>
    public EngineCommand For(JobSpec spec)
    {
        var command = new EngineCommand { Argv = { program } };
        if (spec.Uid == 0)
            return command;
        command.PathsAs = UserOf(spec);
        // prlimit(2) on another user's task needs CAP_SYS_RESOURCE or that user's real ids; see docs/adr/0001.
        if (!Capabilities.Has(Capability.SysResource))
        {
            command.RealUid = spec.Uid;
            command.RealGid = spec.Gid;
        }

        return command;
    }

    /// <summary>The command for the restore of a job.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="asUser">Files are opened as the job's user, in place of root: a file server squashes root.</param>
    public EngineCommand ForRestore(JobSpec spec, bool asUser)
    {
        var command = For(spec);
        if (asUser)
        {
            command.FilesAs = UserOf(spec);
            command.RealUid = command.RealGid = 0;
        }

        return command;
    }

    private static FileUser UserOf(JobSpec spec) => new() { Uid = spec.Uid, Gid = spec.Gid, Groups = { UserDatabase.Groups(spec.Uid, spec.Gid) } };
}
