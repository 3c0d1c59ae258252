using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Looks whether an epoch exists. It comes behind whatever this node was doing for the epoch, a commit included.</summary>
internal static class FindEpochStep
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static Reply Run(Command command)
    {
        var asked = command.FindEpoch;
        var exists = new StoreAccess(asked.Uid, asked.Gid).RunWithin(Deadline, JobName.Printable(asked.Folder), () => EpochCatalog.Committed(asked.Folder).Any(e => e.Epoch == command.Epoch));
        return new Reply { EpochFound = new EpochFound { Exists = exists } };
    }
}
