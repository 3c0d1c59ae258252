using HpcCr.Core;
using HpcCr.Linux;
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
                WriteToken(folder, token, uid);
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

    // A folder belongs to whoever had the job's name first. The owner of a new file is whom the file server takes the user for; root could write anywhere.
    private static void WriteToken(string folder, string token, uint uid)
    {
        try
        {
            File.OpenHandle(token, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
        catch (UnauthorizedAccessException) when (FileFacts.Of(folder) is { } found && found.Uid != uid)
        {
            throw Taken(folder, found.Uid);
        }

        var owner = FileFacts.Of(token)?.Uid;
        var taken = ((FileFacts?[])[FileFacts.OfLink(folder), FileFacts.Of(folder)]).FirstOrDefault(found => found?.Uid != owner);
        if (taken is null)
            return;
        File.Delete(token);
        throw Taken(folder, taken.Value.Uid);
    }

    private static HpcCrException Taken(string folder, uint owner) => new(FailureKind.NotAllowed,
        $"the folder {folder} belongs to {UserDatabase.Find(owner)?.Name ?? $"user {owner}"}", "Choose another --name, or another directory with --ckpt-dir.");
}
