using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>How this node starts its engine.</summary>
/// <param name="program">The CRIU that was found.</param>
internal sealed class EngineCommands(string program)
{
    /// <summary>The command for a job's sandbox.</summary>
    public EngineCommand For(JobSpec spec)
    {
        var command = new EngineCommand { Argv = { program } };
        if (spec.Uid != 0 && !Capabilities.Has(Capability.SysResource))
        {
            command.RealUid = spec.Uid;
            command.RealGid = spec.Gid;
        }

        return command;
    }

    /// <summary>The command for the restore of a job.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="asUser">Files are opened as the job's user, in place of root: a file server squashes root.</param>
    public EngineCommand ForRestore(JobSpec spec, bool asUser) => !asUser ? For(spec) : new EngineCommand
    {
        Argv = { program },
        FilesAs = new FileUser { Uid = spec.Uid, Gid = spec.Gid, Groups = { UserDatabase.Groups(spec.Uid, spec.Gid) } },
    };
}
