using System.Collections.Concurrent;
using HpcCr.Core;
using HpcCr.Linux;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>
/// What a plugin was told and what it said, for the launcher's log and for the job's user, who may not read that: a file in the job's folder. It is
/// written when the process has ended, for the job may stand still before.
/// </summary>
/// <param name="job">The sandbox.</param>
/// <param name="plugin">The plugin.</param>
internal sealed class PluginTranscript(LocalJob job, string plugin)
{
    private const long MostBytes = 8 << 20;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Adds a line.</summary>
    public void Add(string text)
    {
        job.Log.LogInformation("{Job}: plugin {Plugin}: {Text}", job.Spec.Name, plugin, text);
        _lines.Enqueue($"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {job.Sandbox} {plugin}: {text}\n");
    }

    /// <summary>Writes what has come since the last time, as the job's user.</summary>
    public void Write()
    {
        if (_lines.IsEmpty)
            return;
        var text = string.Concat(_lines);
        _lines.Clear();
        try
        {
            job.Store.Run(() => Append(Path.Combine(job.Spec.Folder, JobFolder.PluginLog), text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            job.Log.LogWarning("{Job}: what its plugins said is not in its folder: {Why}", job.Spec.Name, e.Message);
        }
    }

    // Other nodes add to it at the same time. A pipe in its place would hold the launcher.
    private static bool Append(string path, string text)
    {
        var length = RegularFile.LengthOf(path);
        if (length is null && Path.Exists(path))
            return false;
        if (length > MostBytes)
            File.Move(path, path + ".1", overwrite: true);
        File.AppendAllText(path, text);
        return true;
    }
}
