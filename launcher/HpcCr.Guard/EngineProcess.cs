using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>The engine's process, which may have to open files as the job's user.</summary>
internal static class EngineProcess
{
    /// <summary>Starts it on the calling thread, which ends soon.</summary>
    /// <param name="user">As whom it opens files; null: as root.</param>
    /// <param name="options">What is started.</param>
    /// <exception cref="GuardException">It cannot have that identity, and is ended.</exception>
    public static ChildProcess Start(FileUser? user, SpawnOptions options)
    {
        if (user is null)
            return ChildProcess.Start(options);
        FileIdentity.Prepare([.. user.Groups]);
        var process = ChildProcess.Start(options);
        try
        {
            FileIdentity.Give(process.Pid, user.Uid, user.Gid);
            return process;
        }
        catch (Exception e) when (e is LinuxException or TimeoutException)
        {
            process.Kill(9);
            process.Dispose();
            throw new GuardException($"the engine cannot open files as user {user.Uid}: {e.Message}");
        }
    }
}
