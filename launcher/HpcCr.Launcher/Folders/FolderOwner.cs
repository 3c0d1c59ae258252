using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Whose a job's folder is: it belongs to whoever had the job's name first.</summary>
internal static class FolderOwner
{
    /// <summary>Makes an empty file in a job's folder, if the folder is the job user's own. As the job's user.</summary>
    /// <remarks>
    /// The owner of a new file is whom the file server takes the user for; root could write anywhere, also where a user's link leads.
    /// </remarks>
    /// <param name="folder">The folder.</param>
    /// <param name="token">The file to make.</param>
    /// <param name="uid">The job's user.</param>
    /// <exception cref="HpcCrException">The folder is another user's; nothing was left in it (not allowed).</exception>
    public static void MakeToken(string folder, string token, uint uid)
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

    /// <summary>Goes on only if a job's folder is the job user's own. As the job's user.</summary>
    /// <exception cref="HpcCrException">It is another user's (not allowed).</exception>
    public static bool Require(string folder, uint uid)
    {
        var token = Path.Combine(folder, $".owner-{Guid.NewGuid():N}");
        MakeToken(folder, token, uid);
        File.Delete(token);
        return true;
    }

    private static HpcCrException Taken(string folder, uint owner) => new(FailureKind.NotAllowed,
        $"the folder {folder} belongs to {UserDatabase.Find(owner)?.Name ?? $"user {owner}"}", "Choose another --name, or another directory with --ckpt-dir.");
}
