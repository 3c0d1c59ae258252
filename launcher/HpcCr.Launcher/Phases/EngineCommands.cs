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
}
