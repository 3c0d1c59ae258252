namespace HpcCr.Launcher;

/// <summary>The files that the job writes are as long as at the cut, or longer.</summary>
internal sealed class JobFileCheck : IRestoreCheck
{
    public string Name => "files";

    public RestoreFinding Look(RestoreTarget target) => new($"{target.Sandbox.JobFiles.Count} that the job writes to",
        target.Store.Run(() => Faults(target).ToList()));

    private static IEnumerable<string> Faults(RestoreTarget target)
    {
        foreach (var file in target.Sandbox.JobFiles)
        {
            var info = new FileInfo(file.Path);
            if (!info.Exists)
                yield return $"{file.Path}, which the job writes to, is gone";
            else if (info.Length < file.Size)
                yield return $"{file.Path} has {info.Length} bytes, fewer than the {file.Size} at the cut";
        }
    }
}
