using HpcCr.Criu.Images;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Threads that have got more than the job's user may have, by a setuid program for instance: no restart would give them that back.</summary>
internal sealed class CredentialCheck : IPreflightCheck
{
    public string Name => "credentials";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        var spec = target.Job.Spec;
        if (spec.Uid == 0)
            yield break;
        var groups = ImageRights.GroupsOf(spec);
        foreach (var process in target.Processes)
            if (process.Threads.Select(thread => ImageRights.OfThread(CredentialsOf(thread), spec, groups)).FirstOrDefault(fault => fault is not null) is { } fault)
                yield return new PreflightFinding(process.Pid, $"has got more than user {spec.Uid} may have: {fault}, which no restart may give back",
                    "Checkpoint when that program (setuid, perhaps) has ended, or run the job as root.");
    }

    private static TaskCredentials CredentialsOf(ThreadStatus thread) =>
        new() { Thread = thread.Number, Users = thread.Users, Groups = thread.Groups, HasCapabilities = thread.HasCapabilities };
}
