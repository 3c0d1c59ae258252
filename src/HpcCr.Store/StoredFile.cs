using System.Security.Cryptography;
using HpcCr.Core;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Store;

/// <summary>A file whose contents are in the epoch, and are put back whole.</summary>
/// <param name="record">What it was at the cut.</param>
/// <param name="image">Its contents in the epoch.</param>
/// <param name="access">Opens files of the job.</param>
public sealed class StoredFile(FileRecord record, ImageRecord image, IStoreAccess access)
{
    /// <summary>Whether there is anything by its name.</summary>
    public bool Exists => access.Run(() => Path.Exists(record.Path));

    /// <summary>Whether a restart may write over what has its name now: an input that was changed in place by somebody else than the job stays.</summary>
    public bool MayBeReplaced => record.Policy != FilePolicy.Input || record.IsOfJob || !Exists || access.Run(() => access.InodeOf(record.Path)) != record.Inode;

    /// <summary>Whether it is what it was; reads it if only its length is.</summary>
    /// <exception cref="IOException">It is something else than a file, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public bool IsAsAtCut()
    {
        if (access.Run(() => access.OpenFile(record.Path, FileAccess.Read)) is not { } handle)
            return false;
        using var current = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        return current.Length == image.Size && Convert.ToHexStringLower(SHA256.HashData(current)) == image.Sha256;
    }

    /// <summary>Writes the contents of the epoch into it. What it holds now has been set aside.</summary>
    /// <param name="epochPath">The epoch's folder.</param>
    /// <param name="sandbox">Whose contents.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <exception cref="HpcCrException">What the epoch holds is not what was sealed (damaged).</exception>
    public async Task PutBackAsync(string epochPath, string sandbox, CancellationToken cancellationToken)
    {
        var path = $"{sandbox}/{image.Path}";
        await using var stored = access.Run(() => access.OpenImage(epochPath, path, image.Size));
        await using var file = new FileStream(access.Run(Open), FileAccess.Write, bufferSize: 0);
        file.SetLength(0);
        if (await ImageCopier.CopyAsync(stored, file, () => access.Before(StoreOperation.Read), cancellationToken) != image.Sha256)
            throw ImagePath.Damaged(epochPath, path, "is not what was written");
        file.Flush(flushToDisk: true);
    }

    private SafeFileHandle Open()
    {
        if (access.OpenFile(record.Path, FileAccess.Write) is { } there)
            return there;
        Directory.CreateDirectory(Path.GetDirectoryName(record.Path)!);
        var made = File.OpenHandle(record.Path, FileMode.CreateNew, FileAccess.Write);
        File.SetUnixFileMode(made, (UnixFileMode)record.Mode);
        return made;
    }
}
