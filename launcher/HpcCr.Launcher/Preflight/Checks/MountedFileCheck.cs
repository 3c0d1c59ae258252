using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Files that were opened through a mount which the process does not see: one of another mount namespace, of the kernel's own, or one that is gone.</summary>
internal sealed class MountedFileCheck : IPreflightCheck
{
    private const string Memory = "/memfd:";

    public string Name => "mounts";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        // A mount that came after a look at the table is not one that is missing: the files are older than the tables.
        var opened = target.Things.Where(t => IsMounted(t.Thing)).Select(t => (t.Pid, t.Thing, Mount: t.Thing.Descriptor!.MountId())).Where(t => t.Mount is not null).ToList();
        var tables = new Dictionary<string, HashSet<int>>();
        var known = TableOf(target.Root, tables);
        return opened.Where(t => !known.Contains(t.Mount!.Value) && !TableOf(t.Pid, tables).Contains(t.Mount.Value)).DistinctBy(t => (t.Pid, t.Thing.Target))
            .Where(t => ProcFs.LinkOf(t.Pid, $"fd/{t.Thing.Descriptor!.Number}") == t.Thing.Target)
            .Select(t => new PreflightFinding(t.Pid,
                $"holds {t.Thing.Name} (descriptor {t.Thing.Descriptor!.Number}), which is on no mount that it sees, and cannot be dumped",
                "Let the program close it; message queues and files of unmounted file systems are such."));
    }

    private static bool IsMounted(OpenThing thing) => thing.Descriptor is not null && thing.Facts is { } facts && (facts.IsRegular || facts.IsFolder || facts.IsPipe)
        && !thing.Target.StartsWith(Memory, StringComparison.Ordinal);

    private static HashSet<int> TableOf(int pid, Dictionary<string, HashSet<int>> tables)
    {
        if (ProcFs.LinkOf(pid, "ns/mnt") is not { } space)
            return [];
        if (tables.TryGetValue(space, out var known))
            return known;
        try
        {
            return tables[space] = [.. MountInfo.Read(pid).Select(mount => mount.Id)];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
