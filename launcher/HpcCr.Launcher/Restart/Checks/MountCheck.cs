using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Every mount that the job uses is there, and of the same kind; nothing that it needs is below a mount that it would not see. Mounts
/// that it does not use may come and go.
/// </summary>
internal sealed class MountCheck : IRestoreCheck
{
    public string Name => "mounts";

    public RestoreFinding Look(RestoreTarget target)
    {
        if (target.Sandbox.Mounts is not { } known)
            return new RestoreFinding("not recorded in this epoch", []);
        var used = known.Where(m => m.IsUsed).ToList();
        var here = HostMounts.Here(used.Select(m => m.MountPoint));
        return new RestoreFinding($"{used.Count} in use, {known.Count - used.Count} not",
            [.. used.Select(m => Fault(m, here)).OfType<string>(), .. Hidden(target, known)]);
    }

    private static string? Fault(MountRecord mount, IReadOnlyDictionary<string, string> here) => here.GetValueOrDefault(mount.MountPoint) switch
    {
        null => $"{mount.MountPoint}, where the job uses a mount ({mount.FileSystem} {mount.Source}), has none; mount it",
        var other when other != mount.FileSystem => $"{mount.MountPoint} is a mount of kind {other} and was {mount.FileSystem} ({mount.Source}) at the cut",
        _ => null,
    };

    // The restored sandbox has the mounts of the epoch; of others it sees the folders below.
    private static IEnumerable<string> Hidden(RestoreTarget target, IReadOnlyList<MountRecord> known)
    {
        var table = MountInfo.Read();
        var needed = (target.Sandbox.NeededFiles ?? []).Select(f => f.Path).Concat(target.Sandbox.JobFiles.Where(f => f.IsPutBack).Select(f => f.Path));
        var crossed = MountTable.Crossed(table, needed);
        return table.Where(m => crossed.Contains(m.Id) && m.MountPoint != "/" && known.All(k => k.MountPoint != m.MountPoint)).Select(m => m.MountPoint).Distinct()
            .Select(m => $"{m} is a mount here and was none at the cut, and the job needs files below it, which it would not see; unmount it, or restart on a node without it");
    }
}
