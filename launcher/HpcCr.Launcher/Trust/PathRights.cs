using System.Text.RegularExpressions;
using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Compares the paths that the images name with what the job's user may open. The engine opens them as root and follows every link; this
/// is the second line behind the signatures, before the engine (<see cref="FaultOf"/>). <see cref="OpenedRights"/> is the third, after it.
/// </summary>
internal static partial class PathRights
{
    private const uint Create = 0x40;
    private const uint Exclusive = 0x80;
    private const uint Truncate = 0x200;
    private const uint AccessMode = 3;
    private const uint WriteOnly = 1;

    /// <summary>The first path that is not for the job's user, as half a sentence, or null. Root's jobs may have anything.</summary>
    /// <param name="job">The job.</param>
    /// <param name="images">The images.</param>
    internal static string? FaultOf(LocalJob job, string images)
    {
        if (job.Spec.Uid == 0)
            return null;
        try
        {
            var files = FilesImage.Read(images);
            var sockets = FilesImage.SocketPaths(images);
            return job.Store.Run(() => files.Select(file => OfFile(file, job)).Concat(sockets.Select(path => OfMade(Path.GetFullPath(path), job))).FirstOrDefault(fault => fault is not null));
        }
        catch (ImageFormatException e)
        {
            return $"the image {e.Message}";
        }
    }

    /// <summary>Files that a restart would put back, and that are not the job's user's to change. Called as that user.</summary>
    internal static IEnumerable<string> FaultsOf(ManifestNode sandbox, uint uid) => uid == 0 ? [] :
        sandbox.JobFiles.Where(file => file.IsPutBack).Select(file => file.Path).Where(path => FileFacts.Of(path) is { } facts && facts.Uid != uid && !FileRights.May(path, write: true))
            .Select(path => $"{path}, which a restart would cut to its length at the cut, or put back whole, is not one that user {uid} may write");

    /// <summary>Whether there is something in the images that the job's user may open and root may not, as on a file server that squashes root.</summary>
    internal static bool AreForUserAlone(LocalJob job, string images)
    {
        if (job.Spec.Uid == 0)
            return false;
        var closed = FilesImage.Read(images).Where(file => !MayOpen(file)).ToList();
        return closed.Count > 0 && job.Store.Run(() => closed.Any(MayOpen));
    }

    /// <summary>Whether a path is one of the kernel's about a process of the sandbox: its numbers mean others here.</summary>
    internal static bool IsOwnProcess(string path) => OwnProcess().IsMatch(path);

    private static string? OfFile(Criu.Images.RegularFile file, LocalJob job)
    {
        if (!IsPlain(file.Path))
            return $"the path {JobName.Printable(file.Path)} is not one that the engine writes";
        if ((file.Flags & (Create | Exclusive | Truncate)) != 0)
            return $"{JobName.Printable(file.Path)} is to be made or emptied";
        if (IsPrivate(job, file.Path) || IsOwnProcess(file.Path))
            return null;
        // A restore makes it anew beside where it was.
        if (file.IsUnlinked)
            return OfMade(file.Path, job);
        return FileFacts.Of(file.Path) is { } facts && facts.Uid != job.Spec.Uid && !MayOpen(file) ? $"{JobName.Printable(file.Path)} is not for user {job.Spec.Uid} to open so" : null;
    }

    private static bool MayOpen(Criu.Images.RegularFile file)
    {
        var access = file.Flags & AccessMode;
        if (file.IsMappedOnly && (file.Uses & (FileUses.WorkingFolder | FileUses.RootFolder)) != 0)
            return FileRights.May(file.Path, execute: true);
        if (file.IsMappedOnly && FileRights.May(file.Path, execute: true) && access == 0)
            return true;
        return FileRights.May(file.Path, read: access != WriteOnly, write: access != 0);
    }

    /// <summary>
    /// Why the engine could not make a name, for a while or for good, as half a sentence; null when it can. It makes names with the rights of the job's user
    /// alone, in the next folder above that is there. Called as that user.
    /// </summary>
    internal static string? OfMade(string path, LocalJob job)
    {
        if (IsPrivate(job, path))
            return null;
        if (!IsPlain(path))
            return $"the path {JobName.Printable(path)} is not one that the engine writes";
        var folder = Path.GetDirectoryName(path) ?? "/";
        while (folder != "/" && FileFacts.Of(folder) is null)
            folder = Path.GetDirectoryName(folder) ?? "/";
        return FileRights.May(folder, write: true, execute: true) ? null
            : $"{JobName.Printable(folder)}, where {JobName.Printable(Path.GetFileName(path))} is to be made, is not a folder that user {job.Spec.Uid} may change";
    }

    // What the engine writes has no links and no dots in it.
    internal static bool IsPlain(string path) => path == Path.GetFullPath(path) && path.StartsWith('/');

    // These folders are the job's, and empty when the engine begins but for what its user put there.
    internal static bool IsPrivate(LocalJob job, string path) => !job.Spec.Attached
        && ((string[])["/dev/shm", job.Layout.TemporaryInside, .. job.Spec.PrivateTmp ? ["/tmp"] : Array.Empty<string>()])
            .Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));

    [GeneratedRegex(@"^/proc/\d+(/task/\d+)?(/[a-z_]+|/net/[a-z0-9_]+|/fd|/fdinfo)?$")]
    private static partial Regex OwnProcess();
}
