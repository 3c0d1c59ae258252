using System.IO.Enumeration;
using System.Security.Cryptography;
using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Store;

/// <summary>Compares every file of an epoch with its manifest.</summary>
public static class EpochVerifier
{
    /// <summary>Reads everything once.</summary>
    /// <param name="epochPath">The epoch's folder.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="progress">Told the bytes read so far.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>One sentence per fault; empty when all is as it was committed.</returns>
    public static async Task<IReadOnlyList<string>> VerifyAsync(
        string epochPath, Manifest manifest, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        List<string> faults = [];
        var done = 0L;
        foreach (var node in manifest.Nodes)
        {
            foreach (var file in node.Files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await FaultOfAsync(epochPath, $"{node.Node}/{file.Path}", file, cancellationToken) is { } fault)
                    faults.Add($"{node.Node}/{file.Path} {fault}");
                progress?.Report(done += file.Size);
            }

            faults.AddRange(ExtraFiles(epochPath, node).Select(path => $"{path} is not in the manifest"));
        }

        var parts = manifest.Nodes.Select(n => n.Node).Concat([Manifest.FileName, Manifest.RestartScriptName, JobFolder.WrittenAfter]).ToHashSet();
        var others = Directory.EnumerateFileSystemEntries(epochPath).Select(path => Path.GetFileName(path)).Where(name => !parts.Contains(name));
        faults.AddRange(others.Order(StringComparer.Ordinal).Select(name => $"{name} is not in the manifest"));
        return faults;
    }

    /// <summary>The files in a node's folder of an epoch that its manifest does not name, relative to the epoch's folder.</summary>
    public static IEnumerable<string> ExtraFiles(string epochPath, ManifestNode node)
    {
        var folder = Path.Combine(epochPath, node.Node);
        if (!Directory.Exists(folder))
            return [];
        var known = node.Files.Select(f => f.Path).ToHashSet();
        return Entries(folder).Select(path => Path.GetRelativePath(folder, path))
            .Where(path => !known.Contains(path))
            .Select(path => $"{node.Node}/{path}");
    }

    // Links are listed and not followed.
    private static FileSystemEnumerable<string> Entries(string folder) => new(folder, (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(ref entry),
        ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry),
    };

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    private static async Task<string?> FaultOfAsync(string epochPath, string file, ImageRecord expected, CancellationToken cancellationToken)
    {
        if (ImagePath.FaultOf(epochPath, file) is { } fault)
            return fault;
        try
        {
            await using var stream = new FileStream(FileBeneath.OpenRegular(epochPath, file), FileAccess.Read, bufferSize: 0);
            if (stream.Length != expected.Size)
                return $"has {stream.Length} bytes instead of {expected.Size}";
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
            return hash == expected.Sha256 ? null : "is not what was written (its SHA-256 differs)";
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return "is missing";
        }
        catch (LinuxException e) when (e.Errno is Errno.EACCES or Errno.EPERM)
        {
            return "may not be read by this user";
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            return "is no regular file";
        }
        catch (IOException e)
        {
            return $"cannot be read: {e.Message}";
        }
    }
}
