using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Every mount that the job uses is there, and of the same kind. Mounts that it does not use may come and go.</summary>
internal sealed class MountCheck : IRestoreCheck
{
    public string Name => "mounts";

    public RestoreFinding Look(RestoreTarget target)
    {
        var here = MountInfo.Read().GroupBy(m => m.MountPoint).ToDictionary(g => g.Key, g => g.Last().FileSystem);
        var known = target.Sandbox.Mounts ?? [];
        var used = known.Where(m => m.IsUsed).ToList();
        return new RestoreFinding($"{used.Count} in use, {known.Count - used.Count} not", [.. used.Select(m => here.GetValueOrDefault(m.MountPoint) switch
        {
            null => $"{m.MountPoint}, where the job uses a mount ({m.FileSystem} {m.Source}), has none; mount it",
            var other when other != m.FileSystem => $"{m.MountPoint} is a mount of kind {other} and was {m.FileSystem} ({m.Source}) at the cut",
            _ => null,
        }).OfType<string>()]);
    }
}
