using HpcCr.Core;

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
        byte[] bytes;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > ManifestReader.MaximumBytes })
                throw new HpcCrException(FailureKind.Damaged, $"the manifest {JobName.Printable(path)} is larger than any manifest");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HpcCrException(FailureKind.NotFound, $"there is no epoch at {JobName.Printable(epochPath)}",
                "Name an epoch's folder or a job; `hpccr list JOB` shows the epochs of a job.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"the epoch {JobName.Printable(epochPath)} belongs to another user",
                "Only the job's owner may use its epochs.");
        }

        var manifest = ManifestReader.Read(bytes, path);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(epochPath));
        return EpochName.Parse(name) is { } number && number != manifest.Epoch
            ? throw new HpcCrException(FailureKind.Damaged, $"{JobName.Printable(path)} is the manifest of epoch {manifest.Epoch}",
                "Restart from another epoch; `hpccr list JOB` shows them.")
            : (bytes, manifest);
    }
}
