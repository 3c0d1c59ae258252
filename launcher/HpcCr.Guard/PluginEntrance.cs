using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// What a plugin's process does between its start by the launcher and its exec: it joins a cgroup of its own, becomes the user whom the plugin
/// runs as, and can gain no rights any more. Its standard streams are the launcher's pipes.
/// </summary>
internal static class PluginEntrance
{
    public static int Enter(string file) => Entrance.Enter(file, Prepare);

    private static void Prepare(SandboxEntry entry)
    {
        ResourceLimits.ApplyToSelf([.. entry.Limits.Select(limit => new Core.ResourceLimit(limit.Resource, limit.Soft, limit.Hard))]);
        Credentials.Drop(entry.Uid, entry.Gid, [.. entry.Groups]);
        Credentials.GainNoMore();
        Umask.Set((int)entry.Umask);
        Directory.SetCurrentDirectory(entry.WorkingDirectory);
    }
}
