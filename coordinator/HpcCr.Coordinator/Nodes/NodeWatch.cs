using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>What it means for jobs that launchers come, go and report.</summary>
internal sealed class NodeWatch(
    NodeRegistry nodes, JobTable jobs, Journal journal, JobEnder ender, JobStarter starter, CoordinatorOptions options, ILogger<NodeWatch> log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>A launcher has connected: what it holds is compared with what is known.</summary>
    public async Task ConnectedAsync(NodeSession session)
    {
        log.LogInformation("{Node} connected, with {Jobs} jobs", session.Node, session.Hello.Jobs.Count);
        var here = session.Hello.Jobs.Select(h => (h.Spec?.Uid, h.Spec?.Name, new FormerPart(new Place(h.Sandbox, session.Node), (long)(h.Spec?.Incarnation ?? 0)))).ToHashSet();
        foreach (var job in jobs.All)
            foreach (var gone in job.Former.All.Where(part => part.Place.Node == session.Node && !here.Contains((job.Spec.Uid, job.Name, part))))
                job.Former.Remove(gone);
        var missing = jobs.All.Where(j => j.State is JobState.Running or JobState.Checkpointing && !j.IsAway && j.Restart is null
            && j.Spec.Places.Any(p => p.Node == session.Node && !here.Contains((j.Spec.Uid, j.Name, new FormerPart(p, j.Spec.Incarnation))))).ToList();
        await Task.WhenAll([
            .. session.Hello.Jobs.Select(held => TryAdoptAsync(session, held)),
            .. missing.Select(job => LoseAsync(job, $"node {session.Node} came back without its part of the job"))]);
    }

    /// <summary>A job of an earlier coordinator has to find all its nodes again.</summary>
    public async Task ExpectAsync(Job job)
    {
        var places = job.Spec.Places.ToList();
        var back = await Task.WhenAll(places.Select(p => nodes.ReturnsAsync(p.Node, options.NodeGrace)));
        if (places.Where((_, i) => !back[i]).Select(p => p.Node).FirstOrDefault() is { } absent)
            await LoseAsync(job, $"node {absent} did not come back to the coordinator within {options.NodeGrace.TotalSeconds:F0} s");
    }

    /// <summary>A launcher's stream has ended: epochs of its jobs end at once, the jobs only when it stays away.</summary>
    public async Task DisconnectedAsync(NodeSession session)
    {
        if (!nodes.Remove(session))
            return;
        log.LogWarning("{Node} does not answer", session.Node);
        foreach (var job in JobsOf(session.Node))
            job.Epoch?.Cancel($"the launcher of {session.Node} went away");
        if (await nodes.ReturnsAsync(session.Node, options.NodeGrace))
            return;
        foreach (var job in JobsOf(session.Node))
            await LoseAsync(job, $"node {session.Node} did not answer for {options.NodeGrace.TotalSeconds:F0} s");
    }

    /// <summary>A launcher reports something.</summary>
    public async Task HappenedAsync(NodeSession session, Event happened)
    {
        if (jobs.Find(new JobId(happened.Uid, happened.Job)) is not { } job)
            return;
        await job.RecoveredAsync();
        // A move gives the job its new number only when it has arrived.
        if (happened.Incarnation != 0 && !job.IsMoving && (long)happened.Incarnation != job.Spec.Incarnation)
        {
            log.LogInformation("{Job}: {Event} of its life {Incarnation} on {Node} is too late", job.Name, happened.EventCase, happened.Incarnation, session.Node);
            return;
        }

        switch (happened.EventCase)
        {
            case Event.EventOneofCase.JobEnded:
                await EndedAsync(job, new Place(happened.Sandbox, session.Node), (long)happened.Incarnation, happened.JobEnded.ExitCode);
                break;
            case Event.EventOneofCase.SandboxLost:
                if (await IsPartOfAsync(job, new Place(happened.Sandbox, session.Node), (long)happened.Incarnation))
                    await LoseAsync(job, happened.SandboxLost.Why);
                break;
            case Event.EventOneofCase.RemoteStart:
                await StartRemotelyAsync(session, job, happened.RemoteStart);
                break;
            case Event.EventOneofCase.PluginAsk:
                session.Send(new ToLauncher { PluginAnswer = await job.Exchange.AnswerAsync(happened.PluginAsk, happened.Sandbox) });
                break;
        }
    }

    private IEnumerable<Job> JobsOf(string node) => jobs.All.Where(j => !j.State.IsEnded() && j.Spec.Places.Any(p => p.Node == node));

    private async Task TryAdoptAsync(NodeSession session, HeldJob held)
    {
        try
        {
            await AdoptAsync(session, held);
        }
        catch (HpcCrException e)
        {
            log.LogError("{Job} of {Node} cannot be taken over: {Why}", JobName.Printable(held.Spec?.Name), session.Node, e.Message);
        }
    }

    private async Task AdoptAsync(NodeSession session, HeldJob held)
    {
        if (held.Spec is null)
            throw new HpcCrException(FailureKind.Usage, "it comes without a description");
        var part = new Place(held.Sandbox, session.Node);
        var spec = held.Spec.ToCore();
        var former = new FormerPart(part, spec.Incarnation);
        var known = jobs.Find(spec.Id);
        // Whoever takes a restart over knows what to do with its parts; of any other restart, this part has missed the end.
        if (held.Restoring && known is not { IsRecovering: true })
        {
            await NodeGroup.TellAllAsync(nodes, spec.Id, [part],
                _ => new Command { Incarnation = (ulong)spec.Incarnation, UndoRestore = new UndoRestore() }, "undo", Deadline);
            return;
        }

        var isOld = known is { IsRecovering: true };
        var job = known ?? Adopt(session, spec);
        await job.RecoveredAsync();
        if (job.Restart is { } restart && restart.Spec.Incarnation == spec.Incarnation)
            return;
        // A life that this coordinator gave up is no later one of another coordinator's.
        var newest = Math.Max(job.Spec.Incarnation, job.Former.NewestClaim);
        if (spec.Incarnation > newest && !job.Former.All.Contains(former) && !held.Restoring)
            job = await ReplaceAsync(session, job, spec);
        if (job.State.IsEnded())
        {
            log.LogWarning("{Job}: {Node} still holds a part of it; it is removed", job.Name, session.Node);
            job.Former.Add(former);
            await ender.EndFormerAsync(job, former);
            return;
        }

        if (!IsPart(job, former))
        {
            await ender.EndStaleAsync(job, former);
            return;
        }

        if (held.Restoring)
            return;
        session.Send(new ToLauncher { Confirmed = new Confirmed { Job = job.Name, Uid = job.Spec.Uid, Sandbox = part.Sandbox, Incarnation = (ulong)spec.Incarnation } });
        if (held.Sandbox == job.Spec.Head)
            await ReadEpochsAsync(job);
        if (held.Ended && !job.IsAway && !(isOld && await LivesAsync(job, part)))
            await EndedAsync(job, part, spec.Incarnation, held.ExitCode);
        await ForgetEpochAsync(job, part);
    }

    // What the job has left, to be brought back from its epoch, is no part of it any more.
    private static bool IsPart(Job job, FormerPart part) => part.Incarnation == job.Spec.Incarnation && job.Spec.Places.Contains(part.Place) && !job.IsAway;

    // A coordinator that knows more has begun a later life of it; what this one has of the earlier life ends.
    private async Task<Job> ReplaceAsync(NodeSession session, Job job, JobSpec later)
    {
        log.LogWarning("{Job}: {Node} holds a part of a later life of it than this coordinator knows", job.Name, session.Node);
        job.Epoch?.Cancel("a later life of the job was found");
        await ender.EndAsync(job, JobState.Lost, reason: $"node {session.Node} holds a part of a later life of it");
        if (jobs.Find(job.Spec.Id) is { } other && other.Spec.Incarnation >= later.Incarnation)
            return other;
        var adopted = new Job(later);
        adopted.MoveTo(JobState.Running);
        jobs.Add(adopted, isNew: false);
        journal.Note(adopted);
        return adopted;
    }

    // The job may have been brought back here since the launcher said that its part had ended.
    private async Task<bool> LivesAsync(Job job, Place part)
    {
        try
        {
            var replies = await NodeGroup.AskAllAsync(nodes, job.Spec.Id, [part], _ => new Command { Incarnation = (ulong)job.Spec.Incarnation, ListProcesses = new ListProcesses() }, "list", Deadline, CancellationToken.None);
            return replies[part.Sandbox].Processes.State != "ended";
        }
        catch (NodeFailedException)
        {
            return false;
        }
    }

    // The node may have been away when the last epoch was aborted.
    private async Task ForgetEpochAsync(Job job, Place part)
    {
        var last = await job.EpochOverAsync();
        if (last == 0 || !job.Spec.Places.Contains(part) || job.State.IsEnded())
            return;
        await NodeGroup.TellAllAsync(nodes, job.Spec.Id, [part], _ => new Command { Incarnation = (ulong)job.Spec.Incarnation, Epoch = (uint)last, Abort = new Abort { Committed = job.Epochs.Contains(last) } }, "forget", Deadline);
    }

    // This coordinator was started after the job: the launchers know it. They may all come at once.
    private Job Adopt(NodeSession session, JobSpec spec)
    {
        var job = new Job(spec);
        job.MoveTo(JobState.Running);
        log.LogInformation("{Job}: adopted from {Node}", job.Name, session.Node);
        var known = jobs.FindOrAdd(job);
        journal.Note(known);
        return known;
    }

    private async Task ReadEpochsAsync(Job job)
    {
        try
        {
            await starter.ReadEpochsAsync(job, CancellationToken.None);
        }
        catch (NodeFailedException e)
        {
            log.LogWarning("{Job}: its epochs could not be read: {Why}", job.Name, e.Message);
        }
    }

    // What is reported while the job is away counts once it has arrived, and only if it is of the place where it did.
    private static async Task<bool> IsPartOfAsync(Job job, Place part, long incarnation) =>
        await job.ArrivalAsync() && job.Spec.Places.Contains(part) && (incarnation == 0 || incarnation == job.Spec.Incarnation);

    private async Task EndedAsync(Job job, Place part, long incarnation, int exitCode)
    {
        var sandbox = part.Sandbox;
        // Then the epoch itself is what ended it.
        if (job.Epoch?.State is EpochState.Kill or EpochState.Stopped or EpochState.Lose or EpochState.Lost || !await IsPartOfAsync(job, part, incarnation))
            return;
        if (job.Spec.Attached)
        {
            if (job.Trees.Add(sandbox, exitCode) is { } code)
                await ender.EndAsync(job, JobState.Exited, code);
            return;
        }

        job.Epoch?.Cancel($"job {job.Name} ended with exit code {exitCode} before the epoch was committed");
        if (sandbox == job.Spec.Head)
            await ender.EndAsync(job, JobState.Exited, exitCode);
        else
            await ender.EndAsync(job, JobState.Failed, reason: $"its sandbox on {job.Spec.HostOf(sandbox)} ended before its command did");
    }

    private async Task LoseAsync(Job job, string why)
    {
        await job.RecoveredAsync();
        job.Epoch?.Cancel(why);
        // Whoever moves it meets the same trouble, and has somewhere to go back to.
        if (job.IsAway)
            return;
        await ender.EndAsync(job, JobState.Lost, reason: why);
    }

    // The names that the job knows are those of its sandboxes, wherever these are now.
    private static Place PlaceOf(Job job, string name)
    {
        var places = job.Spec.Places.ToList();
        return places.FindIndex(p => p.Sandbox == name) is >= 0 and var known ? places[known]
            : places.FindIndex(p => p.Node == name) is >= 0 and var host ? places[host]
            : throw new HpcCrException(FailureKind.NotFound, $"{name} is no node of job {job.Name}", $"Its nodes are {string.Join(", ", job.Spec.Nodes)}.");
    }

    private async Task StartRemotelyAsync(NodeSession session, Job job, RemoteStart request)
    {
        var answer = new RemoteStartAnswer { Id = request.Id };
        try
        {
            await NodeGroup.AskAllAsync(nodes, job.Spec.Id, [PlaceOf(job, request.Node)], _ => new Command { Incarnation = (ulong)job.Spec.Incarnation, RemoteStart = request },
                "remote start", TimeSpan.FromSeconds(30), CancellationToken.None);
        }
        catch (HpcCrException e)
        {
            answer.Failure = e.ToWire();
        }
        catch (NodeFailedException e)
        {
            answer.Failure = e.Failure.ToWire();
        }

        session.Send(new ToLauncher { RemoteStartAnswer = answer });
    }
}
