using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Compares what the images would give to a job with what its user may have. The engine restores as root and asks nobody; this is the
/// second line behind the signatures.
/// </summary>
internal static class ImageRights
{
    /// <summary>Refuses to commit what no restart would take.</summary>
    /// <exception cref="HpcCrException">The job has got more than its user may have, by a setuid program for instance (unsupported).</exception>
    public static void RequireForSeal(LocalJob job, string images)
    {
        if ((FaultOf(job.Spec, images) ?? PathRights.FaultOf(job, images)) is { } fault)
        {
            throw new HpcCrException(FailureKind.Unsupported,
                $"{job.Sandbox}: {fault}, which no restart of a job of user {job.Spec.Uid} may give back; the epoch was not committed",
                "The job runs on. Checkpoint it when that has ended, or run the job as root.");
        }
    }

    /// <summary>Refuses images that give too much.</summary>
    /// <exception cref="HpcCrException">They do (damaged).</exception>
    public static void RequireForRestore(LocalJob job, string images)
    {
        if ((FaultOf(job.Spec, images) ?? PathRights.FaultOf(job, images)) is { } fault)
            throw new HpcCrException(FailureKind.Damaged, $"{job.Sandbox}: {fault}, which a job of user {job.Spec.Uid} may not have; nothing was started");
    }

    /// <summary>The first thing that is too much, as half a sentence, or null. Root's jobs may have anything.</summary>
    internal static string? FaultOf(JobSpec spec, string images)
    {
        if (spec.Uid == 0)
            return null;
        try
        {
            var groups = GroupsOf(spec);
            return CredentialsImage.Read(images).Select(thread => OfThread(thread, spec, groups))
                .Concat(GhostFilesImage.Read(images).Select(file => OfGhost(file, spec, groups)))
                .Concat(Directory.EnumerateFiles(images, "userns-*.img").Select(_ => "there is a user namespace in the images"))
                .FirstOrDefault(fault => fault is not null);
        }
        catch (ImageFormatException e)
        {
            return $"the image {e.Message}";
        }
    }

    /// <summary>The groups that the job may have.</summary>
    internal static HashSet<uint> GroupsOf(JobSpec spec) => [.. UserDatabase.Groups(spec.Uid, spec.Gid), spec.Gid];

    /// <summary>What a thread has got too much, as half a sentence, or null.</summary>
    internal static string? OfThread(TaskCredentials thread, JobSpec spec, HashSet<uint> groups) =>
        thread.Users.Where(user => user != spec.Uid).Cast<uint?>().FirstOrDefault() is { } user ? $"thread {thread.Thread} has user {user}"
        : thread.Groups.Where(group => !groups.Contains(group)).Cast<uint?>().FirstOrDefault() is { } group ? $"thread {thread.Thread} has group {group}"
        : thread.HasCapabilities ? $"thread {thread.Thread} has capabilities"
        : null;

    private static string? OfGhost(GhostFile file, JobSpec spec, HashSet<uint> groups) =>
        file.IsDevice ? $"the deleted file in {file.Image} is a device"
        : file.Uid != spec.Uid ? $"the deleted file in {file.Image} belongs to user {file.Uid}"
        : !groups.Contains(file.Gid) ? $"the deleted file in {file.Image} belongs to group {file.Gid}"
        : null;
}
