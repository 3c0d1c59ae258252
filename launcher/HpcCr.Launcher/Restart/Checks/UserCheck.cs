using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The job's user is the same person here, in no fewer groups: the images would give them what this node does not.</summary>
internal sealed class UserCheck : IRestoreCheck
{
    public string Name => "user";

    public RestoreFinding Look(RestoreTarget target)
    {
        var spec = target.Manifest.Spec;
        var name = UserDatabase.Find(spec.Uid)?.Name;
        var text = $"{name ?? "nobody known"} ({spec.Uid})";
        if (target.Sandbox.User is not { } before)
            return new RestoreFinding(text, []);
        List<string> faults = [];
        if (before.Name is not null && before.Name != name)
            faults.Add($"user {spec.Uid} was {before.Name} and is {name ?? "not known"} here; the nodes need the same user database");
        var missing = before.Groups.Except(UserDatabase.Groups(spec.Uid, spec.Gid)).ToList();
        if (missing.Count > 0)
            faults.Add($"user {before.Name ?? $"{spec.Uid}"} is not in group {string.Join(", ", missing)} here; the nodes need the same user database");
        return new RestoreFinding(text, faults);
    }
}
