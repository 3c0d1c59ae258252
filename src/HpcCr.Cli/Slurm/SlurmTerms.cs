using System.Globalization;

namespace HpcCr.Cli.Slurm;

/// <summary>What Slurm promises the job, and what it may do to it.</summary>
/// <param name="End">When its time is over; null: never.</param>
/// <param name="MayBeRequeued">Whether Slurm takes it into the queue again.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="PreemptionGrace">How long it may run on once it is preempted; null: it never is.</param>
internal sealed record SlurmTerms(DateTimeOffset? End, bool MayBeRequeued, string Partition, TimeSpan? PreemptionGrace)
{
    /// <summary>Asks Slurm.</summary>
    /// <exception cref="HpcCrException">It does not answer.</exception>
    public static async Task<SlurmTerms> OfAsync(string job, CancellationToken cancellationToken)
    {
        var facts = Scontrol.Fields(await Scontrol.AskAsync(["-o", "show", "job", job], cancellationToken));
        var partition = facts.GetValueOrDefault("Partition", "");
        var rules = Scontrol.Fields(await Scontrol.AskAsync(["-o", "show", "partition", partition], cancellationToken));
        var settings = Scontrol.Settings(await Scontrol.AskAsync(["show", "config"], cancellationToken));
        return Of(facts, rules, settings);
    }

    /// <summary>Understands what Slurm said of the job, its partition and the cluster.</summary>
    public static SlurmTerms Of(IReadOnlyDictionary<string, string> job, IReadOnlyDictionary<string, string> partition, IReadOnlyDictionary<string, string> cluster)
    {
        DateTimeOffset? end = DateTime.TryParseExact(job.GetValueOrDefault("EndTime"), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            && job.GetValueOrDefault("TimeLimit") != "UNLIMITED" ? new DateTimeOffset(time) : null;
        var isPreemptable = cluster.GetValueOrDefault("PreemptType", "preempt/none") != "preempt/none" && partition.GetValueOrDefault("PreemptMode", "OFF") != "OFF";
        var grace = int.TryParse(partition.GetValueOrDefault("GraceTime"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        return new SlurmTerms(end, job.GetValueOrDefault("Requeue") == "1", job.GetValueOrDefault("Partition", ""),
            isPreemptable ? TimeSpan.FromSeconds(grace) : null);
    }
}
