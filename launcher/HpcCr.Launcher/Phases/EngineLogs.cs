using HpcCr.Core;
using HpcCr.Hosting;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>Keeps the engine's log of an attempt that failed; the newest twenty stay.</summary>
internal static class EngineLogs
{
    private const int Kept = 20;

    public static Task KeepAsync(LocalJob job, string images, int epoch)
    {
        try
        {
            var folder = Path.Combine(job.Options.Run.Root, "engine-logs");
            PrivateFolder.Make(folder);
            foreach (var log in Directory.EnumerateFiles(images, "*.log"))
            {
                var target = Path.Combine(folder, $"{job.Key}-{EpochName.Of(epoch)}-{Path.GetFileName(log)}");
                File.Copy(log, target, overwrite: true);
                File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                job.Log.LogWarning("{Job}: the engine's log is kept as {Path}", job.Spec.Name, target);
            }

            foreach (var old in new DirectoryInfo(folder).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(Kept))
                old.Delete();
        }
        catch (IOException e)
        {
            job.Log.LogWarning("{Job}: the engine's log was not kept: {Why}", job.Spec.Name, e.Message);
        }

        return Task.CompletedTask;
    }
}
