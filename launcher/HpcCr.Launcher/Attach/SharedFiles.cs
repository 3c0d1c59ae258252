using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Files through which the processes of an attached tree talk to each other, or keep what they share: those that they map shared
/// and writable, those in /dev/shm, named pipes. The engine saves no contents of them, and the tree's own end removes them.
/// </summary>
internal static class SharedFiles
{
    private const string Memory = "/dev/shm/";

    /// <summary>Their paths.</summary>
    /// <param name="job">The job.</param>
    public static IReadOnlyList<string> Of(LocalJob job)
    {
        var processes = job.Cgroup.Processes();
        var open = processes.SelectMany(OpenDescriptor.Of).Where(file => file.Target.StartsWith('/') && !DeletedName.Is(file.Pid, file.Target, file.Path)).ToList();
        return Choose(
            [.. processes.SelectMany(Mapped)],
            [.. open.Where(file => RegularFile.LengthOf(file.Path) is not null).Select(file => file.Target)],
            [.. open.Where(file => file.IsNamedPipe()).Select(file => file.Target)]);
    }

    /// <summary>Chooses among the paths that are mapped shared and writable, those that are open, and the named pipes among the latter.</summary>
    internal static IReadOnlyList<string> Choose(IReadOnlyList<string> mapped, IReadOnlyList<string> open, IReadOnlyList<string> pipes)
    {
        // What lies beside or above such files, as in the session folder of an MPI, goes with them; all of /tmp does not.
        var folders = mapped.SelectMany(FoldersOf).ToHashSet();
        var opened = open.Where(path => path.StartsWith(Memory, StringComparison.Ordinal) || folders.Contains(Path.GetDirectoryName(path) ?? ""));
        return [.. mapped.Concat(opened).Concat(pipes).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Packs them while the job is frozen, holes kept; no archive is made when there are none. As the job's user, who gets the epoch
    /// and may have put anything at these paths.
    /// </summary>
    public static async Task PackAsync(LocalJob job, string archive, CancellationToken cancellationToken)
    {
        if (Of(job) is not { Count: > 0 } files)
            return;
        await using var output = new FileStream(archive, FileMode.CreateNew, FileAccess.Write);
        await PrivateFiles.RunAsync([.. PrivateFiles.IdentityOf(job.Spec), "tar", "--create", "--sparse", "--numeric-owner", "--absolute-names", "--file", "-", "--", .. files],
            "the files that the job's processes share could not be copied", cancellationToken, output: output);
    }

    /// <summary>Puts them back before a restore, as the job's user; what has their names now is replaced.</summary>
    public static async Task UnpackAsync(LocalJob job, string archive, CancellationToken cancellationToken)
    {
        if (!File.Exists(archive))
            return;
        await using var input = new FileStream(archive, FileMode.Open, FileAccess.Read);
        await PrivateFiles.RunAsync([.. PrivateFiles.IdentityOf(job.Spec), "tar", "--extract", "--preserve-permissions", "--numeric-owner", "--absolute-names",
            "--no-overwrite-dir", "--file", "-"], "the files that the job's processes share could not be put back", cancellationToken, input);
    }

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder?.LastIndexOf('/') > 0; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    private static IEnumerable<string> Mapped(int pid) => FileUse.SharedMappings(pid).Where(use => !use.IsDeleted).Select(use => use.Path)
        .Where(path => !path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith(Memory, StringComparison.Ordinal));
}
