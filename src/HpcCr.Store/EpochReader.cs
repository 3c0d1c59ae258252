using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Store;

/// <summary>Reads committed epochs.</summary>
public static class EpochReader
{
    /// <summary>Reads the manifest of an epoch's folder.</summary>
    /// <exception cref="HpcCrException">There is none (not found), it is damaged, or it belongs to another epoch (damaged).</exception>
    public static Manifest ReadManifest(string epochPath) => ReadDocument(epochPath).Manifest;

    /// <summary>Reads the manifest of an epoch's folder, and keeps its bytes, which alone can be checked against signatures.</summary>
    /// <exception cref="HpcCrException">There is none (not found), it is damaged, or it belongs to another epoch (damaged).</exception>
    public static (byte[] Document, Manifest Manifest) ReadDocument(string epochPath)
    {
        var path = Path.Combine(epochPath, Manifest.FileName);
        var bytes = Read(epochPath, path);
        var manifest = ManifestReader.Read(bytes, path);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(epochPath));
        return EpochName.Parse(name) is { } number && number != manifest.Epoch
            ? throw new HpcCrException(FailureKind.Damaged, $"{JobName.Printable(path)} is the manifest of epoch {manifest.Epoch}",
                "Restart from another epoch; `hpccr list JOB` shows them.")
            : (bytes, manifest);
    }

    // Whoever reads may be root, and the folder a user's: no link, no pipe, no device, no lease of somebody is waited for, and no more is read than a manifest has.
    private static byte[] Read(string epochPath, string path)
    {
        try
        {
            return FileBeneath.Read(epochPath, Manifest.FileName, ManifestReader.MaximumBytes);
        }
        catch (LinuxException e)
        {
            throw e.Errno switch
            {
                Errno.ENOENT or Errno.ENOTDIR => new HpcCrException(FailureKind.NotFound, $"there is no epoch at {JobName.Printable(epochPath)}",
                    "Name an epoch's folder or a job; `hpccr list JOB` shows the epochs of a job."),
                Errno.EACCES or Errno.EPERM => new HpcCrException(FailureKind.NotAllowed, $"the epoch {JobName.Printable(epochPath)} belongs to another user",
                    "Only the job's owner may use its epochs."),
                Errno.EFBIG => Damaged($"{JobName.Printable(path)} is larger than any manifest"),
                Errno.ELOOP or Errno.EXDEV or Errno.EINVAL => Damaged($"{JobName.Printable(path)} is no regular file of the epoch's folder"),
                _ => Damaged($"the manifest cannot be read: {JobName.Printable(e.Message)}"),
            };
        }
    }

    private static HpcCrException Damaged(string what) => new(FailureKind.Damaged, what, "Restart from another epoch; `hpccr list JOB` shows them.");
}
