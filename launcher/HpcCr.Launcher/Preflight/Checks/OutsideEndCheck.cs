using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>Unix sockets and pipes to programs outside the job: no restart can connect them again, unless a plugin gives others in their place.</summary>
internal sealed class OutsideEndCheck : IPreflightCheck
{
    /// <summary>What to do about one.</summary>
    public const string Remedy = "Start that program inside the job, let it be closed, or have a plugin replace it.";

    public string Name => "outside ends";

    // Of an attached tree the same is looked for, and partly replaced: see TreeCheck. What plugins claim is known only when they are asked.
    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        if (target.Job.Spec.Attached)
            return [];
        var mayBeClaimed = new PluginFolders(target.Job.Options.Plugins).OfJob(target.Job.Spec).Count > 0;
        return SandboxEnds.Of(target.Processes).Select(end => new PreflightFinding(end.Pid, TextOf(end), Remedy, IsWarning: mayBeClaimed));
    }

    /// <summary>What is said of one, after its process.</summary>
    public static string TextOf(OutsideEnd end) =>
        $"talks over a {(end.Id.StartsWith("pipe", StringComparison.Ordinal) ? "pipe" : "unix socket")} (descriptor {end.Descriptor}) to {end.Holder} outside the job, which does not come back at a restart";
}
