using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Store;
using ProbeAction = HpcCr.Protocol.V1.ProbeDirectory.Types.Action;

namespace HpcCr.Launcher;

/// <summary>Proves, with a token file, that all nodes of a job see the same checkpoint directory; all as the job's user.</summary>
internal static class DirectoryProbe
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static Reply Run(ProbeDirectory request, string job)
    {
        var folder = Path.Combine(request.Path, JobName.Check(job));
        var token = request.Action == ProbeAction.List ? "" : Path.Combine(folder, ".shared-" + JobName.Check(request.Token));
        try
        {
            return new StoreAccess(request.Uid, request.Gid).RunWithin(Deadline, JobName.Printable(folder), () => Probe(request.Action, folder, token, request.Uid));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var kind = e is UnauthorizedAccessException ? FailureKind.NotAllowed : FailureKind.Failed;
            throw new HpcCrException(kind, $"the checkpoint directory {request.Path} cannot be used on {Environment.MachineName}: {e.Message}",
                "Name another with --ckpt-dir: one that the job's user may write and that all its nodes share.");
        }
    }

    private static Reply Probe(ProbeAction action, string folder, string token, uint uid)
    {
        switch (action)
        {
            case ProbeAction.Write:
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                FolderOwner.MakeToken(folder, token, uid);
                break;
            case ProbeAction.Remove:
                File.Delete(token);
                break;
            case ProbeAction.Read when !File.Exists(token):
                throw new HpcCrException(FailureKind.Unsupported, $"{Environment.MachineName} does not see what the head node wrote to {folder}",
                    "Name a directory with --ckpt-dir that all nodes of the job share.");
        }

        var probed = new Probed();
        probed.Epochs.Add(EpochCatalog.Committed(folder).Select(e => (uint)e.Epoch));
        probed.HighestNumber = (uint)EpochCatalog.HighestNumber(folder);
        return new Reply { Probed = probed };
    }
}
