using System.Security.Cryptography;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Rpc;

namespace HpcCr.Launcher;

/// <summary>
/// Where the key comes from that epochs are signed with: derived from the cluster's key file where there is one, so that all nodes have
/// the same; else a file of this node's own, made at the first start of its launcher.
/// </summary>
public static class SigningKeys
{
    /// <summary>Names another file for the node's own key.</summary>
    public const string Variable = "HPCCR_SIGNING_KEY";

    private const string DefaultFile = "/var/lib/hpccr/signing.key";
    private const string Purpose = "hpccr manifest signing v1";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static string OwnFile => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } file ? Path.GetFullPath(file) : DefaultFile;

    /// <summary>The key of this node; its own is made if there is none at all.</summary>
    /// <param name="clusterKeyFile">The cluster's key file, which need not exist.</param>
    /// <exception cref="HpcCrException">A key file cannot be used or made (unsupported).</exception>
    public static SigningKey FindOrCreate(string clusterKeyFile) => Find(clusterKeyFile) ?? Create(OwnFile);

    /// <summary>The key of this node; null where there is none, or the caller may not read it.</summary>
    /// <param name="clusterKeyFile">The cluster's key file, which need not exist.</param>
    /// <exception cref="HpcCrException">A key file cannot be used (unsupported).</exception>
    public static SigningKey? Find(string clusterKeyFile)
    {
        if (!Environment.IsPrivilegedProcess)
            return null;
        try
        {
            if (!File.Exists(clusterKeyFile))
                return File.Exists(OwnFile) ? Read(OwnFile) : null;
            using var cluster = ClusterKey.Load(clusterKeyFile);
            return new SigningKey(cluster.Derive(Purpose, SigningKey.Bytes));
        }
        catch (ClusterKeyException e)
        {
            throw new HpcCrException(FailureKind.Unsupported, e.Message, "Epochs are signed with it.", e);
        }
    }

    private static SigningKey Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
            if ((File.GetUnixFileMode(file.SafeFileHandle) & ~Private) != 0)
                throw Unusable(path, "others than root may read it");
            if (FileOwner.Of(file.SafeFileHandle) != 0)
                throw Unusable(path, "it does not belong to root");
            return new SigningKey(Convert.FromHexString(new StreamReader(file).ReadToEnd().Trim()));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e.Message);
        }
    }

    private static SigningKey Create(string path)
    {
        var secret = RandomNumberGenerator.GetBytes(SigningKey.Bytes);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, Private | UnixFileMode.UserExecute);
            var fresh = $"{path}.{Guid.NewGuid():N}";
            AtomicFile.Write(fresh, System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret) + "\n"), Private);
            Publish(fresh, path);
            return Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // Another launcher may make it at the same instant: the first one stands, for a key that has signed something must not be lost.
    private static void Publish(string fresh, string path)
    {
        try
        {
            File.Move(fresh, path, overwrite: false);
            Durable.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(fresh);
        }
    }

    private static HpcCrException Unusable(string path, string why) => new(FailureKind.Unsupported, $"the key {path}, which epochs are signed with, cannot be used: {why}",
        $"Put it right, or name another file with {Variable}; without the old key, older epochs cannot be restarted.");
}
