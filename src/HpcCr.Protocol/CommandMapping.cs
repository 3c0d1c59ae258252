using HpcCr.Core;

namespace HpcCr.Protocol;

/// <summary>Which job a command of the coordinator is for.</summary>
public static class CommandMapping
{
    /// <summary>The job.</summary>
    public static JobId JobId(this V1.Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return new JobId(command.Uid, command.Job);
    }
}
