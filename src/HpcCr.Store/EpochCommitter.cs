using System.Text;
using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>Brings an epoch into being: manifest, restart script, then one rename.</summary>
/// <param name="access">The store's identity.</param>
/// <param name="syncDirectory">Makes a folder's entries durable.</param>
public sealed class EpochCommitter(IStoreAccess access, Action<string> syncDirectory)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder of an epoch in the making. Every node of the job does so; whoever is first makes it.</summary>
    /// <returns>Its path.</returns>
    public string Begin(string jobFolder, int epoch) => access.Run(() =>
    {
        var path = Path.Combine(jobFolder, EpochName.Partial(epoch));
        Directory.CreateDirectory(path, Private | UnixFileMode.UserExecute);
        return path;
    });

    /// <summary>Commits. When it returns the epoch is durable; when it throws there is none.</summary>
    /// <param name="jobFolder">The job's folder.</param>
    /// <param name="manifest">What the epoch holds.</param>
    /// <param name="document">The manifest as it is stored, signed; null: not signed.</param>
    /// <returns>The epoch's folder.</returns>
    public string Commit(string jobFolder, Manifest manifest, byte[]? document = null) => access.Run(() =>
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var partial = Path.Combine(jobFolder, EpochName.Partial(manifest.Epoch));
        var final = Path.Combine(jobFolder, EpochName.Of(manifest.Epoch));
        Write(Path.Combine(partial, Manifest.RestartScriptName), Encoding.UTF8.GetBytes(RestartScript.Render(manifest)), Private | UnixFileMode.UserExecute);
        Write(Path.Combine(partial, Manifest.FileName), document ?? ManifestReader.Write(manifest), Private);
        foreach (var node in manifest.Nodes)
            syncDirectory(Path.Combine(partial, node.Node));
        syncDirectory(partial);
        access.Before(StoreOperation.Rename);
        Directory.Move(partial, final);
        try
        {
            syncDirectory(jobFolder);
        }
        catch
        {
            // Perhaps durable is not durable: nobody may find what was reported as failed.
            Directory.Move(final, partial);
            throw;
        }

        PointLatest(jobFolder, EpochName.Of(manifest.Epoch));
        return final;
    });

    /// <summary>Removes an epoch in the making.</summary>
    public void Discard(string jobFolder, int epoch) => access.Run(() =>
    {
        var path = Path.Combine(jobFolder, EpochName.Partial(epoch));
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        return 0;
    });

    private void Write(string path, byte[] bytes, UnixFileMode mode)
    {
        // Anew: what somebody has put there could lead elsewhere, or be waited for.
        File.Delete(path);
        using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        stream.Write(bytes);
        access.Before(StoreOperation.Fsync);
        stream.Flush(flushToDisk: true);
    }

    // The link is a hint for people: the epoch stands whether or not it could be moved.
    private static void PointLatest(string jobFolder, string target)
    {
        try
        {
            var link = Path.Combine(jobFolder, JobFolder.Latest);
            File.Delete(link);
            File.CreateSymbolicLink(link, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Scanning finds the newest epoch.
        }
    }
}
