using System.Security.Cryptography;
using System.Text;

namespace HpcCr.Coordinator;

/// <summary>
/// Who a coordinator is to the folders of jobs: the same one after a restart, also where its journal was lost, and another one wherever two could
/// run side by side.
/// </summary>
internal static class CoordinatorIdentity
{
    private const string FileName = "id";
    private const int DigestLength = 12;

    /// <summary>The identity that a state folder holds, or a fresh one for it. A state folder that moves to another host keeps its identity.</summary>
    /// <param name="folder">The journal's folder, which this coordinator holds.</param>
    public static string Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known)
            return known;
        var machine = File.Exists("/etc/machine-id") ? File.ReadAllText("/etc/machine-id").Trim() : "";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{machine}\n{Environment.MachineName}\n{folder}")))[..DigestLength];
        var identity = $"{Environment.MachineName}-{digest}";
        File.WriteAllText(path, identity + "\n");
        return identity;
    }
}
