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
            records[i] = new ImageRecord(relative, reader.Length, await CopyAsync(reader, writer, token));
            writer.Flush(flushToDisk: true);
        });
        return records;
    }

    /// <summary>Copies the files of a record out of the store and refuses any that is not what was sealed.</summary>
    /// <param name="source">The node's folder in the epoch.</param>
    /// <param name="destination">A folder that only root can change; made if missing.</param>
    /// <param name="files">What the manifest says.</param>
    /// <param name="access">The store's identity.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <exception cref="HpcCrException">A file is missing, a link, or not what was sealed (damaged).</exception>
    public static async Task UnsealAsync(
        string source, string destination, IReadOnlyList<ImageRecord> files, IStoreAccess access, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(access);
        Directory.CreateDirectory(destination, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(files, parallel, async (file, token) =>
        {
            try
            {
                var path = Path.Combine(source, file.Path);
                await using var reader = access.Run(() => OpenImage(path, file.Size));
                await using var writer = Create(Path.Combine(destination, file.Path));
                if (reader.Length != file.Size || await CopyAsync(reader, writer, token) != file.Sha256)
                    throw Damaged(path, "is not what was written");
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw Damaged(Path.Combine(source, file.Path), "is missing");
            }
        });
    }

    private static HpcCrException Damaged(string path, string how) =>
        new(FailureKind.Damaged, $"{path} {how}; nothing was started", "Restart from another epoch; `hpccr list JOB` shows them.");

    private static FileStream OpenRead(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0, Options = FileOptions.SequentialScan });

    // The size is looked at first: what is no regular file has none, and opening a pipe would wait for a writer.
    private static FileStream OpenImage(string path, long size)
    {
        try
        {
            var info = new FileInfo(path);
            return info.LinkTarget is not null ? throw Damaged(path, "is a link")
                : info.Exists && info.Length != size ? throw Damaged(path, $"has {info.Length} bytes instead of {size}")
                : OpenRead(path);
        }
        catch (UnauthorizedAccessException)
        {
            throw Damaged(path, Directory.Exists(path) ? "is a folder" : "may not be read by the job's user");
        }
    }

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

    // One call for the whole path would give the mode to its last folder only.
    private static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        MakeFolder(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static async Task<string> CopyAsync(FileStream reader, FileStream writer, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Clamp(reader.Length, 1, BufferBytes)];
        int got;
        while ((got = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, got);
            await writer.WriteAsync(buffer.AsMemory(0, got), cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
