using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>
/// Lets a further life of a job begin only when nothing of an earlier one can still run: each part is gone, or stands still since its time to
/// run without a word from the coordinator is over, or Slurm is sure that its node has nothing of it.
/// </summary>
internal sealed class LifeGate(NodeRegistry nodes, JobEnder ender, Journal journal, ILogger log)
{
    // By how much a node's clock may be slower than ours; one that is more is broken.
    private const double ClockMargin = 0.01;
    private static readonly TimeSpan TimeToFreeze = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlurmDeadline = TimeSpan.FromSeconds(15);

    /// <summary>Waits until a further life may begin.</summary>
    /// <param name="job">The job, one of whose lives is over.</param>
    /// <param name="force">Whoever asks knows that nothing of it runs any more.</param>
    /// <param name="progress">Told what is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HpcCrException">It cannot be known, and no wait would help; or a part does not end (failed).</exception>
    public async Task PassAsync(Job job, bool force, Action<string, string> progress, CancellationToken cancellationToken)
    {
        var told = "";
        while (true)
        {
            var arrival = nodes.NextArrival();
            await EndConnectedAsync(job, force);
            var left = force ? [] : job.Former.All.Where(part => TimeLeft(part) is not { Ticks: <= 0 }).ToList();
            if (left.Count == 0)
                break;
            if (left.Exists(part => nodes.Find(part.Place.Node) is not null))
                continue;
            var names = string.Join(", ", left.Select(part => part.Place.Node).Distinct().Order(StringComparer.Ordinal));
            if (told != names && await AreOffAsync(job, left))
                continue;
            if (left.Exists(part => TimeLeft(part) is null))
                throw Unknowable(job.Name, names);
            var wait = left.Max(part => TimeLeft(part) ?? TimeSpan.MaxValue);
            if (wait <= TimeSpan.Zero)
                continue;
            if (told != names)
            {
                log.LogInformation("{Job}: waits for {Nodes}, at most {Seconds:F0} s", job.Name, names, wait.TotalSeconds);
                progress("wait", $"{names} does not answer and may still run a part of job {job.Name}: waiting until that has certainly been frozen, at most {Math.Ceiling(wait.TotalSeconds):F0} s");
            }

            told = names;
            await Task.WhenAny(arrival, Task.Delay(wait < LookEvery ? wait : LookEvery, nodes.Time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        journal.Note(job);
    }

    // What is on a node that answers is ended there.
    private async Task EndConnectedAsync(Job job, bool force)
    {
        foreach (var part in job.Former.All.Where(part => nodes.Find(part.Place.Node) is not null))
        {
            await ender.EndFormerAsync(job, part);
            if (!force && job.Former.All.Contains(part) && nodes.Find(part.Place.Node) is not null)
                throw Stubborn(job.Name, part.Place.Node);
        }
    }

    private TimeSpan? TimeLeft(FormerPart part) =>
        part.Incarnation == 0 || nodes.FencedIn(part.Place.Node) is not { } time ? null
        : time + (nodes.LongestFence * ClockMargin) + TimeToFreeze;

    // Slurm may know more.
    private async Task<bool> AreOffAsync(Job job, List<FormerPart> parts)
    {
        var isOff = false;
        if (job.Spec.SlurmJob == 0 || nodes.Connected.FirstOrDefault() is not { } asked)
            return false;
        foreach (var part in parts)
        {
            try
            {
                var replies = await NodeGroup.AskAllAsync(nodes, null, [new Place("", asked.Node)],
                    _ => new Command { AskSlurm = new AskSlurm { Node = part.Place.Node, SlurmJob = job.Spec.SlurmJob } }, "question to Slurm", SlurmDeadline, CancellationToken.None);
                var said = replies[""].SlurmSaid;
                log.LogInformation("{Job}: Slurm says of {Node}: {Text}", job.Name, part.Place.Node, said.Text);
                if (said.IsOff)
                    job.Former.Remove(part);
                isOff |= said.IsOff;
            }
            catch (NodeFailedException e)
            {
                log.LogInformation("{Job}: Slurm could not be asked about {Node}: {Why}", job.Name, part.Place.Node, e.Message);
            }
        }

        return isOff;
    }

    private static HpcCrException Stubborn(string job, string node) => new(FailureKind.Failed,
        $"an earlier part of job {job} on {node} could not be ended", "See the launcher's log there; then try again.");

    private static HpcCrException Unknowable(string job, string nodes) => new(FailureKind.Failed,
        $"{nodes} does not answer and may still run a part of job {job}; nothing was started",
        "Bring the node back, which ends that part, or make sure that it is switched off and give --force.");
}
