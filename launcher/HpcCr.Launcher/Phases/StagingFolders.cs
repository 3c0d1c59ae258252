using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Chooses and removes the root-only folder that an engine dumps into.</summary>
internal static class StagingFolders
{
    private const string DefaultDisk = "/var/lib/hpccr/staging";

    /// <summary>
    /// Makes the staging folder of an epoch: in memory (the pause then costs no disk) unless the job would fill more than
    /// half of what is free there, else on disk.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="epoch">The epoch's number.</param>
    /// <param name="bytes">How much the images may take.</param>
    /// <exception cref="HpcCrException">No place has room for it; nothing was frozen.</exception>
    public static string Create(LocalJob job, int epoch, long bytes)
    {
        var memory = job.Layout.Staging;
        var disk = Path.Combine(DiskOf(job.Options), job.Key);
        var chosen = job.Options.Staging is null && bytes < Math.Min(FreeSpace.Of(job.Layout.Memory), AvailableMemory()) / 2 ? memory : disk;
        Directory.CreateDirectory(chosen, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (FreeSpace.Of(chosen) < bytes)
        {
            throw new HpcCrException(FailureKind.Failed,
                $"{chosen} on {job.Options.Node} has {FreeSpace.Of(chosen) >> 20} MiB free and the job needs about {bytes >> 20} MiB; nothing was frozen",
                "Free some space, or start the launcher with --staging DIR.");
        }

        var folder = Path.Combine(chosen, EpochName.Of(epoch));
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    /// <summary>Removes the folder of an epoch, and the job's staging folder when it was the last.</summary>
    public static void Remove(string staging)
    {
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        var parent = Path.GetDirectoryName(staging)!;
        if (Directory.Exists(parent) && !Directory.EnumerateFileSystemEntries(parent).Any())
            Directory.Delete(parent);
    }

    /// <summary>Removes whatever epochs and restores of a sandbox have left in staging, of this launcher or of an earlier one.</summary>
    /// <param name="options">The launcher's options.</param>
    /// <param name="key">What the sandbox is called here.</param>
    /// <param name="layout">Its folder.</param>
    public static void RemoveAll(LauncherOptions options, string key, SandboxLayout layout)
    {
        foreach (var folder in (string[])[layout.Staging, Path.Combine(DiskOf(options), key)])
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
    }

    /// <summary>Removes what was staged on disk when the node lost power: nothing else remembers it.</summary>
    public static void RemoveOlderThanBoot(LauncherOptions options)
    {
        var boot = DateTime.UtcNow - TimeSpan.FromMilliseconds(Environment.TickCount64);
        if (!Directory.Exists(DiskOf(options)))
            return;
        foreach (var folder in new DirectoryInfo(DiskOf(options)).EnumerateDirectories().Where(f => f.LastWriteTimeUtc < boot))
            folder.Delete(recursive: true);
    }

    /// <summary>Roughly what the images of the job will take here, in bytes: its private and shared memory, and its files.</summary>
    public static long Estimate(LocalJob job)
    {
        var memory = job.Cgroup.Processes().Sum(MemoryOf);
        var files = new[] { job.Layout.SharedMemory, job.Layout.Temporary }
            .Sum(SizeOf);
        var shared = job.Spec.Attached ? SharedFiles.Of(job).Sum(path => RegularFile.LengthOf(path) ?? 0) : 0;
        return memory + files + shared + (16 << 20);
    }

    // The job runs and makes and removes files while they are counted; links are not followed.
    internal static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFileSystemInfos().Sum(entry => entry switch
            {
                { LinkTarget: not null } => 0,
                DirectoryInfo => SizeOf(entry.FullName),
                FileInfo { Exists: true } file => file.Length,
                _ => 0,
            });
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Why a restore of so many bytes finds no room for its copy of the images on this node; null when it does.</summary>
    public static string? FaultOf(LauncherOptions options, long bytes)
    {
        if (options.Staging is null && bytes < AvailableMemory() / 2)
            return null;
        var folder = options.Staging ?? DefaultDisk;
        var existing = folder;
        while (!Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing)!;
        return FreeSpace.Of(existing) is var free && free < bytes ? $"{folder} has {free >> 20} MiB free, the images take {bytes >> 20} MiB" : null;
    }

    /// <summary>Memory that can be had without swapping, in bytes.</summary>
    public static long AvailableMemory() => KiB(File.ReadLines("/proc/meminfo"), "MemAvailable:");

    private static string DiskOf(LauncherOptions options) => Path.Combine(options.Staging ?? DefaultDisk, options.Node);

    private static long MemoryOf(int pid)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{pid}/status");
            return KiB(status, "RssAnon:") + KiB(status, "RssShmem:") + KiB(status, "VmSwap:");
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long KiB(IEnumerable<string> lines, string key) =>
        lines.FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal)) << 10
            : 0;
}
