namespace HpcCr.Launcher;

/// <summary>The sandbox's own folders, named in the images so that a restore binds them from wherever they then are.</summary>
internal static class ExternalMounts
{
    private const string SharedMemory = "hpccr-shm";
    private const string Temporary = "hpccr-tmp";
    private const string PrivateTmp = "hpccr-private-tmp";

    /// <summary>As the engine wants them at a dump: mount point to name.</summary>
    public static IEnumerable<string> Dump(LocalJob job) => All(job).Select(m => $"mnt[{m.Inside}]:{m.Name}");

    /// <summary>As the engine wants them at a restore: name to source.</summary>
    public static IEnumerable<string> Restore(LocalJob job) => All(job).Select(m => $"mnt[{m.Name}]:{m.Source}");

    private static IEnumerable<(string Inside, string Name, string Source)> All(LocalJob job)
    {
        if (job.Spec.Attached)
            yield break;
        yield return ("/dev/shm", SharedMemory, job.Layout.SharedMemory);
        yield return (job.Layout.TemporaryInside, Temporary, job.Layout.Temporary);
        if (job.Spec.PrivateTmp)
            yield return ("/tmp", PrivateTmp, job.Layout.Temporary);
    }
}
