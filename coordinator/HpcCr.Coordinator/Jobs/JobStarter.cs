using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;
using ProbeAction = HpcCr.Protocol.V1.ProbeDirectory.Types.Action;

namespace HpcCr.Coordinator;

/// <summary>Starts jobs: checks the nodes and the checkpoint directory, then makes the sandboxes, the head's last.</summary>
internal sealed class JobStarter(NodeRegistry nodes, JobTable jobs, Journal journal, JobEnder ender, LifeGate gate, FolderClaims claims, ILogger<JobStarter> log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NodePatience = TimeSpan.FromSeconds(5);

    /// <summary>Starts a job and returns once its command runs.</summary>
    /// <exception cref="HpcCrException">It could not be started; nothing is left of it.</exception>
    public async Task<Job> StartAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        foreach (var node in spec.Nodes)
            nodes.Require(node);
        var job = await BeginAsync(spec, cancellationToken);
        try
        {
            RequireStarting(job);
            await journal.SaveAsync(job);
            await ProveSharedAsync(job, cancellationToken);
            var slots = nodes.SlotsOf(spec);
            await CreateAsync(job, [.. spec.Places.Skip(1)], slots, cancellationToken);
            await CreateAsync(job, [job.HeadPlace], slots, cancellationToken);
            // Whoever ended it may have done so before its sandboxes were there.
            if (!job.MoveTo(JobState.Running))
                await ender.ClearAsync(job);
            await journal.TrySaveAsync(job);
            log.LogInformation("{Job}: runs on {Nodes}", job.Name, string.Join(", ", spec.Nodes));
            return job;
        }
        catch (Exception e)
        {
            // Whoever ended it while it started found nothing of it on the nodes yet.
            if (job.State.IsEnded())
                await ender.ClearAsync(job);
            await ender.EndAsync(job, JobState.Failed, reason: e.Message);
            await ReleaseAsync(job.Spec, null);
            throw;
        }
    }

    /// <summary>Goes on only while a job that starts has not been ended.</summary>
    /// <exception cref="HpcCrException">It has (failed).</exception>
    public static void RequireStarting(Job job)
    {
        if (job.State.IsEnded())
            throw new HpcCrException(FailureKind.Failed, $"job {job.Name} was ended while it started: it is {job.State}", "");
    }

    /// <summary>Takes a name for a job that starts, once nothing of an earlier job of that name can still run.</summary>
    /// <exception cref="HpcCrException">A job of that name lives, or something of it may.</exception>
    public async Task<Job> BeginAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        var known = jobs.Find(spec.Id);
        var job = new Job(spec with { Incarnation = Incarnations.After(known?.Spec.Incarnation ?? 0) });
        var before = jobs.Add(job);
        try
        {
            await gate.PassAsync(job, force: false, (_, _) => { }, cancellationToken);
            await claims.ClaimAsync(job, job.Spec, fresh: true, KnownOf(before), force: false, cancellationToken);
            return job;
        }
        catch (Exception e)
        {
            Withdraw(job, before, e.Message);
            throw;
        }
    }

    /// <summary>The newest life of a job that has ended that this coordinator knows of.</summary>
    public static long? KnownOf(Job? ended) => ended is null ? null : Math.Max(ended.Spec.Incarnation, ended.Former.NewestClaim);

    /// <summary>The folder of a job that did not start says again what it said before.</summary>
    public Task ReleaseAsync(JobSpec spec, Job? before) => claims.ReleaseAsync(spec, before);

    /// <summary>A job that did not come to life: the one before it of its name is what it was.</summary>
    public void Withdraw(Job job, Job? before, string why)
    {
        job.MoveTo(JobState.Failed, reason: why);
        if (before is null && job.Former.All.Count > 0)
        {
            // A part of it may turn up yet.
            journal.Note(job);
            return;
        }

        if (before is not null)
        {
            foreach (var part in job.Former.All)
                before.Former.Add(part);
            jobs.Add(before);
            journal.GoBackTo(before);
            return;
        }

        jobs.Remove(job);
        journal.Forget(job.Spec.Id);
    }

    /// <summary>The first node that is connected; a launcher that is just starting is waited for.</summary>
    /// <exception cref="HpcCrException">None came.</exception>
    public async Task<string> FirstNodeAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(NodePatience, nodes.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        while (true)
        {
            var arrival = nodes.NextArrival();
            if (nodes.Known.Select(h => h.Node).FirstOrDefault(n => nodes.Find(n) is not null) is { } first)
                return first;
            try
            {
                await arrival.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new HpcCrException(FailureKind.Failed, "no launcher is connected to the coordinator", "Start hpccr-launcher on a node; see `hpccr doctor`.");
            }
        }
    }

    /// <summary>Reads which epochs the job's folder holds.</summary>
    public async Task ReadEpochsAsync(Job job, CancellationToken cancellationToken)
    {
        var probed = (await ProbeAsync(job, [job.HeadPlace], ProbeAction.List, "", cancellationToken))[job.Spec.Head].Probed;
        job.SetEpochs(probed.Epochs.Select(e => (int)e), (int)probed.HighestNumber);
    }

    /// <summary>Proves that all nodes of a job see the same checkpoint directory, and reads which epochs are there.</summary>
    public async Task ProveSharedAsync(Job job, CancellationToken cancellationToken)
    {
        var token = Guid.NewGuid().ToString("N");
        await ProbeAsync(job, [job.HeadPlace], ProbeAction.Write, token, cancellationToken);
        try
        {
            await ProbeAsync(job, [.. job.Spec.Places.Skip(1)], ProbeAction.Read, token, cancellationToken);
        }
        finally
        {
            await ProbeAsync(job, [job.HeadPlace], ProbeAction.Remove, token, CancellationToken.None);
        }

        await ReadEpochsAsync(job, cancellationToken);
    }

    private Task<Dictionary<string, Reply>> ProbeAsync(Job job, IReadOnlyList<Place> places, ProbeAction action, string token, CancellationToken cancellationToken) =>
        NodeGroup.AskAllAsync(nodes, job.Spec.Id, places, _ => new Command
        {
            ProbeDirectory = new ProbeDirectory
            {
                Path = job.Spec.CheckpointDirectory,
                Uid = job.Spec.Uid,
                Gid = job.Spec.Gid,
                Token = token,
                Action = action,
            },
        }, "probe of the checkpoint directory", Deadline, cancellationToken);

    private Task<Dictionary<string, Reply>> CreateAsync(Job job, IReadOnlyList<Place> places, Dictionary<string, uint> slots, CancellationToken cancellationToken) =>
        NodeGroup.AskAllAsync(nodes, job.Spec.Id, places, sandbox => new Command
        {
            CreateSandbox = new CreateSandbox { Spec = job.Spec.ToWire(), Head = sandbox == job.Spec.Head, Slots = { slots } },
        }, "start", Deadline, cancellationToken);
}
