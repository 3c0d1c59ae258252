using HpcCr.Criu.Images;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>The names that the engine gives to deleted files for the time of a restore.</summary>
internal static class TemporaryNames
{
    /// <summary>
    /// Takes away the names that the engine gives to deleted files, as the job's user: a restore that failed may have left them, and would fail at them again.
    /// </summary>
    public static void Remove(LocalJob job, string images)
    {
        if (job.Spec.Uid == 0)
            return;
        try
        {
            var names = FilesImage.GhostNames(images).Where(name => PathRights.IsPlain(name) && !PathRights.IsPrivate(job, name)).ToList();
            var left = job.Store.Run(() => names.Where(name => !Removed(name)).ToList());
            if (left.Count > 0)
                job.Log.LogInformation("{Job}: temporary names of deleted files may be left: {Names}", job.Spec.Name, string.Join(", ", left));
        }
        catch (ImageFormatException)
        {
            // Who restores from it says so.
        }
    }

    private static bool Removed(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
