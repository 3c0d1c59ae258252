using System.Net.Sockets;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Who connected to the launcher's socket, looked up before anything is read: a caller that has ended since may not pass for whoever has
/// its process number later.
/// </summary>
/// <param name="IsRoot">Whether it runs as root, and was started by root.</param>
/// <param name="Job">The job in whose sandbox it is; null when it is in none.</param>
/// <param name="Refusal">Why nothing is done for it; null when it may ask.</param>
internal sealed record AgentCaller(bool IsRoot, LocalJob? Job, string? Refusal)
{
    /// <summary>Looks at the process at the other end.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="jobs">The sandboxes here.</param>
    public static AgentCaller Of(Socket socket, LocalJobs jobs)
    {
        var uid = UnixPeer.Credentials(socket).Uid;
        using var process = UnixPeer.Process(socket);
        if (process is null)
            return Refused("the caller has ended");
        var users = ProcFs.UsersOf(process.Pid);
        var job = jobs.OfProcess(process.Pid);
        if (!process.HasItsNumber)
            return Refused("the caller has ended");
        // The rights of a set-user-ID program are not those of whoever runs it.
        if (users.Count == 0 || users.Any(user => user != uid))
            return Refused("the caller changes users");
        return job is null || uid == 0 || uid == job.Spec.Uid
            ? new AgentCaller(uid == 0, job, null)
            : Refused($"the caller is user {uid}, and job {job.Spec.Name} is not theirs");
    }

    private static AgentCaller Refused(string why) => new(false, null, why);
}
