using System.Security.Cryptography;
using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>Copies image files and hashes what passes through: what was hashed is what was written.</summary>
public static class ImageCopier
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Copies every file below a folder to the store.</summary>
    /// <param name="source">A folder that only root can change.</param>
    /// <param name="destination">A folder of the store; made if missing.</param>
    /// <param name="access">The store's identity.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <returns>One record per file, in the order of their paths. All data is on the medium when this returns.</returns>
    public static async Task<IReadOnlyList<ImageRecord>> SealAsync(
        string source, string destination, IStoreAccess access, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(access);
        access.Run(() => Directory.CreateDirectory(destination, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        var files = Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var records = new ImageRecord[files.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, files.Count, parallel, async (i, token) =>
        {
            var relative = Path.GetRelativePath(source, files[i]);
            await using var reader = OpenRead(files[i]);
            await using var writer = access.Run(() => Create(Path.Combine(destination, relative)));
            records[i] = new ImageRecord(relative, reader.Length, await CopyAsync(reader, writer, () => access.Before(StoreOperation.Write), token));
            access.Before(StoreOperation.Fsync);
            writer.Flush(flushToDisk: true);
        });
        return records;
    }

    /// <summary>
    /// Copies the files of a record out of the store and refuses any that is not what was sealed. Stored contents of files of the job are only
    /// looked at: whoever puts them back looks again.
    /// </summary>
    /// <param name="epochPath">The epoch's folder.</param>
    /// <param name="node">The node's part, as the manifest has it.</param>
    /// <param name="destination">A folder that only root can change; made if missing.</param>
    /// <param name="access">The store's identity.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <exception cref="HpcCrException">A file is missing, a link, or not what was sealed (damaged).</exception>
    public static async Task UnsealAsync(
        string epochPath, ManifestNode node, string destination, IStoreAccess access, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(access);
        ArgumentNullException.ThrowIfNull(node);
        Directory.CreateDirectory(destination, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(node.Files, parallel, async (file, token) =>
        {
            var path = $"{node.Node}/{file.Path}";
            try
            {
                await using var reader = access.Run(() => access.OpenImage(epochPath, path, file.Size));
                var copy = ManifestNode.IsContents(file.Path) ? null : Path.Combine(destination, file.Path);
                if (await ReadAsync(reader, copy, () => access.Before(StoreOperation.Read), token) != file.Sha256)
                    throw ImagePath.Damaged(epochPath, path, "is not what was written");
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw ImagePath.Damaged(epochPath, path, "is missing");
            }
            catch (UnauthorizedAccessException)
            {
                throw ImagePath.Damaged(epochPath, path, "may not be read by the job's user");
            }
        });
    }

    private static async Task<string> ReadAsync(FileStream reader, string? copy, Action before, CancellationToken cancellationToken)
    {
        if (copy is null)
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(reader, cancellationToken));
        await using var writer = Create(copy);
        return await CopyAsync(reader, writer, before, cancellationToken);
    }

    private static FileStream OpenRead(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0, Options = FileOptions.SequentialScan });

    private static FileStream Create(string path)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        return new(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Makes a folder, and those on the way to it, for their owner alone.</summary>
    /// <returns>Whether it was not there yet.</returns>
    public static bool MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return false;
        // One call for the whole path would give the mode to its last folder only.
        MakeFolder(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return true;
    }

    /// <summary>Copies one file to another that is empty, leaving out what is nothing but zeros, and hashes what passes through.</summary>
    /// <param name="reader">From its beginning.</param>
    /// <param name="writer">To its beginning.</param>
    /// <param name="before">Called before each buffer is written; may throw what a disk would.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <returns>SHA-256 of the contents, 64 hex digits.</returns>
    public static async Task<string> CopyAsync(FileStream reader, FileStream writer, Action before, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(before);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Clamp(reader.Length, 1, BufferBytes)];
        int got;
        while ((got = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            before();
            hash.AppendData(buffer, 0, got);
            if (buffer.AsSpan(0, got).ContainsAnyExcept((byte)0))
                await writer.WriteAsync(buffer.AsMemory(0, got), cancellationToken);
            else
                writer.Seek(got, SeekOrigin.Current);
        }

        writer.SetLength(writer.Position);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
