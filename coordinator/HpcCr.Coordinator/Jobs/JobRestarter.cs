using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>
/// Restarts a job from an epoch: plan, then on all nodes copy and verify, lock and put back, restore up to the gate, barrier, go. A node that
/// fails undoes all; the epoch stays.
/// </summary>
internal sealed class JobRestarter(
    NodeRegistry nodes, JobTable jobs, Journal journal, JobStarter starter, LifeGate gate, FolderClaims claims, Decision decision, Retention retention, CoordinatorOptions options, ILogger<JobRestarter> log)
{
    private static readonly TimeSpan PlanDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PrepareDeadline = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan RestoreDeadline = TimeSpan.FromMinutes(10);

    /// <summary>Restarts, or only plans.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="uid">Who asks.</param>
    /// <param name="gid">Their group.</param>
    /// <param name="progress">Told each step.</param>
    /// <param name="cancellationToken">Undoes all, up to the gate.</param>
    /// <exception cref="HpcCrException">It cannot be restarted here, or a step failed; nothing of it runs.</exception>
    public async Task<RestartResult> RestartAsync(RestartRequest request, uint uid, uint gid, Action<string, string> progress, CancellationToken cancellationToken)
    {
        using var reading = await retention.ReadAsync(request.EpochPath, uid, cancellationToken);
        var (document, manifest) = await LoadAsync(request.EpochPath, uid, gid, cancellationToken);
        if (uid != 0 && uid != manifest.Spec.Uid)
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"epoch {manifest.Epoch} of {manifest.Job} is of another user's job",
                "Only the job's owner and root may restart it.");
        }

        if (jobs.Find(manifest.Spec.Id) is { } living && !living.State.IsEnded() && (request.DryRun || !await decision.IsOverAsync(living, progress, cancellationToken)))
        {
            throw new HpcCrException(FailureKind.Failed, $"job {manifest.Job} still runs ({living.State})",
                $"End it with `hpccr kill {manifest.Job}` first.");
        }

        if (request.Outside.Count > 0)
            AsAsked(request, manifest.Spec.Incarnation)(manifest.Spec).ToWire().RequireBounded();
        var asked = Placement.Of($"epoch {manifest.Epoch} of {manifest.Job}", PlacesOf(manifest), request.Nodes, new Dictionary<string, string>(request.Moves));
        progress("plan", $"epoch {manifest.Epoch} of {manifest.Job}");
        var incarnation = Incarnations.After(Math.Max(manifest.Spec.Incarnation, jobs.Find(manifest.Spec.Id)?.Spec.Incarnation ?? 0));
        if (!request.DryRun && jobs.Find(manifest.Spec.Id) is { } ended)
            await gate.PassAsync(ended, request.Force, progress, cancellationToken);
        var planned = await PlanAsync(manifest, document, AsAsked(request, incarnation), asked, request.EpochPath, request.Files, cancellationToken);
        if (request.DryRun)
            return new RestartResult { Epoch = (uint)manifest.Epoch, Plan = planned.Plan };
        planned.RequireFaultless();
        var job = new Job(planned.Manifest.Spec);
        var before = jobs.Add(job);
        var isClaimed = false;
        try
        {
            await claims.ClaimAsync(job, job.Spec, fresh: false, JobStarter.KnownOf(before), request.Force, cancellationToken);
            isClaimed = true;
            job.Restart = new JobRestart(request.EpochPath, job.Spec, Going: false, before?.ToRecord());
            await starter.ReadEpochsAsync(job, cancellationToken);
            return await CarryOutAsync(job, planned, progress, cancellationToken);
        }
        catch (Exception e)
        {
            if (isClaimed)
                await WithdrawAsync(job, before, $"its restart failed: {e.Message}");
            else
                starter.Withdraw(job, before, $"its restart failed: {e.Message}");
            throw;
        }
    }

    /// <summary>Ends a restart that an earlier coordinator began: it goes on if all nodes may have been told to, else it is undone.</summary>
    /// <returns>Whether the job runs.</returns>
    public async Task<bool> RecoverAsync(Job job, JobRestart restart)
    {
        try
        {
            if (restart.Going)
            {
                await GoAsync(job, restart.Spec);
                await RunsAsync(job);
                return true;
            }
        }
        catch (Exception e) when (e is HpcCrException or NodeFailedException)
        {
            log.LogWarning("{Job}: its restart cannot be ended: {Why}", job.Name, e.Message);
        }

        await UndoAsync(job, restart.Spec);
        return false;
    }

    /// <summary>A job that did not come back is what it was before.</summary>
    public async Task WithdrawAsync(Job job, Job? before, string why)
    {
        starter.Withdraw(job, before, why);
        if (job.Restart is { } restart)
            await claims.ReleaseAsync(restart.Spec, before ?? job);
    }

    /// <summary>Brings a job that is on its way somewhere back to life.</summary>
    /// <param name="job">The job; nothing of it is on any node.</param>
    /// <param name="epochPath">The epoch that stopped it.</param>
    /// <param name="hosts">The node of each sandbox.</param>
    /// <param name="progress">Told each step.</param>
    /// <param name="cancellationToken">Undoes all, up to the gate.</param>
    /// <exception cref="HpcCrException">It cannot be restarted there, or a step failed; nothing of it runs.</exception>
    public async Task<RestartResult> BringBackAsync(
        Job job, string epochPath, IReadOnlyList<string> hosts, Action<Progress> progress, CancellationToken cancellationToken)
    {
        using var reading = await retention.ReadAsync(epochPath, job.Spec.Uid, cancellationToken);
        var (document, manifest) = await LoadAsync(epochPath, job.Spec.Uid, job.Spec.Gid, cancellationToken);
        await gate.PassAsync(job, force: false, (phase, text) => progress(new Progress { Phase = phase, Text = text, Done = -1 }), cancellationToken);
        var incarnation = Incarnations.After(Math.Max(manifest.Spec.Incarnation, job.Spec.Incarnation));
        var planned = await PlanAsync(manifest, document, spec => spec with { Incarnation = incarnation }, hosts, epochPath, Protocol.V1.FileTreatment.Rollback, cancellationToken);
        planned.RequireFaultless();
        await claims.ClaimAsync(job, planned.Manifest.Spec, fresh: false, JobStarter.KnownOf(job), force: false, cancellationToken);
        return await CarryOutAsync(job, planned, (phase, text) => progress(new Progress { Phase = phase, Text = text, Done = -1 }), cancellationToken);
    }

    private async Task<RestartResult> CarryOutAsync(Job job, PlannedRestart planned, Action<string, string> progress, CancellationToken cancellationToken)
    {
        try
        {
            job.Exchange = new PluginExchange(planned.Manifest.Epoch, isRestart: true, job.Spec.Nodes.Count);
            job.Restart = new JobRestart(planned.EpochPath, job.IsMoving ? planned.Manifest.Spec : job.Spec, Going: false, job.Restart?.Before);
            await journal.SaveAsync(job);
            var milliseconds = await RestoreAsync(job, planned, progress, cancellationToken);
            await RunsAsync(job);
            return new RestartResult { Job = job.ToStatus(), Epoch = (uint)planned.Manifest.Epoch, RestoreMs = milliseconds, Plan = planned.Plan };
        }
        catch (Exception e)
        {
            progress("undo", e.Message);
            await UndoAsync(job, planned.Manifest.Spec);
            throw;
        }
    }

    private async Task RunsAsync(Job job)
    {
        job.Restart = null;
        job.MoveTo(JobState.Running);
        // A launcher that connected again in the middle of it was not told.
        foreach (var place in job.Spec.Places)
            nodes.Find(place.Node)?.Send(new ToLauncher { Confirmed = new Confirmed { Job = job.Name, Uid = job.Spec.Uid, Sandbox = place.Sandbox, Incarnation = (ulong)job.Spec.Incarnation } });
        await journal.TrySaveAsync(job);
    }

    private async Task UndoAsync(Job job, JobSpec spec)
    {
        if (job.IsMoving)
            job.Leave();
        // Before all nodes stood at their gates nobody was told to go; what stands at its gate runs never by itself.
        var mayRun = job.Restart is { Going: true };
        if (mayRun)
            job.Former.Add(spec);
        var told = Reachable(spec);
        var failures = await NodeGroup.TellAllAsync(nodes, spec.Id, told,
            _ => new Command { Incarnation = (ulong)spec.Incarnation, UndoRestore = new UndoRestore() }, "undo", PlanDeadline);
        foreach (var place in told.Where(place => !failures.Any(failure => failure.Node == place.Node)))
            job.Former.Remove(new FormerPart(place, spec.Incarnation));
    }

    private async Task<double> RestoreAsync(Job job, PlannedRestart planned, Action<string, string> progress, CancellationToken cancellationToken)
    {
        var (manifest, document, relocation, _, epochPath, _) = planned;
        var spec = SpecJson(manifest);
        var places = manifest.Spec.Places.ToList();
        var slots = nodes.SlotsOf(manifest.Spec);
        var lease = (uint)options.Lease.TotalMilliseconds;
        progress("prepare", "images are copied and verified");
        await NodeGroup.AskAllAsync(nodes, manifest.Spec.Id, places, sandbox => new Command
        {
            PrepareRestore = new PrepareRestore
            {
                ManifestJson = document,
                SpecJson = spec,
                RelocationJson = Json(relocation, sandbox),
                EpochPath = epochPath,
                Files = planned.Files,
                LeaseMs = lease,
                Slots = { slots },
            },
        }, "prepare", PrepareDeadline, cancellationToken);
        progress("put back", "connections are locked, files put back");
        await NodeGroup.AskAllAsync(nodes, manifest.Spec.Id, places, _ => new Command { Incarnation = (ulong)manifest.Spec.Incarnation, PutBack = new PutBack() }, "put back", PrepareDeadline, cancellationToken);
        progress("restore", "processes are rebuilt on all nodes");
        var began = Stopwatch.GetTimestamp();
        await NodeGroup.AskAllAsync(nodes, manifest.Spec.Id, places, _ => new Command
        {
            Incarnation = (ulong)manifest.Spec.Incarnation,
            Restore = new Restore { DeadlineMs = (uint)RestoreDeadline.TotalMilliseconds },
        }, "restore", RestoreDeadline + PlanDeadline, cancellationToken);
        RequireAlive(job);
        JobStarter.RequireStarting(job);
        progress("go", "all nodes are unlocked and go on");
        job.Restart = job.Restart! with { Going = true };
        await journal.SaveAsync(job);
        await GoAsync(job, manifest.Spec);
        log.LogInformation("{Job}: restarted from epoch {Epoch}", manifest.Job, manifest.Epoch);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private async Task GoAsync(Job job, JobSpec spec)
    {
        var places = spec.Places.ToList();
        await NodeGroup.AskAllAsync(nodes, spec.Id, places, _ => new Command { Incarnation = (ulong)spec.Incarnation, Go = new Go() }, "go", PlanDeadline, CancellationToken.None);
        if (!job.Arrive(spec))
            RequireAlive(job);
        await NodeGroup.TellAllAsync(nodes, spec.Id, places, _ => new Command { Incarnation = (ulong)spec.Incarnation, Settle = new Settle() }, "settle", PlanDeadline);
    }

    // Whoever killed a job that is away did not know where it would arrive.
    private static void RequireAlive(Job job)
    {
        if (job.IsMoving && job.State.IsEnded())
            throw new HpcCrException(FailureKind.Failed, $"job {job.Name} has ended on its way: it is {job.State}", $"`hpccr restart {job.Name}` starts it again.");
    }

    private async Task<(ByteString Document, Manifest Manifest)> LoadAsync(string path, uint uid, uint gid, CancellationToken cancellationToken)
    {
        if (!Path.IsPathRooted(path))
            throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(path)}' is not an absolute path", "Name the epoch's folder in full.");
        var command = new Command { LoadEpoch = new LoadEpoch { Path = path, Uid = uid, Gid = gid } };
        var document = await ReadAsync(command, cancellationToken);
        return (document, ManifestReader.Read(document.Span, path));
    }

    // A node that has just lost its power still counts as connected: then another one reads.
    private async Task<ByteString> ReadAsync(Command command, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reader = await starter.FirstNodeAsync(cancellationToken);
            var session = nodes.Find(reader);
            try
            {
                var replies = await NodeGroup.AskAllAsync(nodes, null, [new Place("", reader)], _ => command, "load", PlanDeadline, cancellationToken);
                return replies[""].EpochLoaded.ManifestJson;
            }
            catch (NodeFailedException e) when (nodes.Find(reader) != session)
            {
                log.LogInformation("{Node} went away while it read an epoch ({Why}); another node reads it", reader, e.Message);
            }
        }
    }

    private async Task<PlannedRestart> PlanAsync(
        Manifest epoch, ByteString document, Func<JobSpec, JobSpec> change, IReadOnlyList<string> hosts, string epochPath, Protocol.V1.FileTreatment files,
        CancellationToken cancellationToken)
    {
        var asked = (epoch with { Spec = change(epoch.Spec) }).UnderRules();
        var relocation = RelocationPlan.Make(asked, hosts, nodes.AddressesOf);
        var manifest = asked with { Spec = relocation.Spec };
        var plan = new RestartPlan { Job = manifest.Job, Epoch = (uint)manifest.Epoch };
        var reachable = Reachable(manifest.Spec);
        plan.Faults.Add(manifest.Spec.Places.Except(reachable).Select(p => $"{p.Node}: no launcher of this node is connected").Distinct());
        plan.Faults.Add(relocation.Faults.Where(f => reachable.Any(p => f.StartsWith(p.Node + ":", StringComparison.Ordinal))));
        var spec = SpecJson(manifest);
        var replies = await NodeGroup.AskAllAsync(nodes, manifest.Spec.Id, reachable, sandbox => new Command
        {
            Incarnation = (ulong)manifest.Spec.Incarnation,
            PlanRestore = new PlanRestore { ManifestJson = document, SpecJson = spec, RelocationJson = Json(relocation, sandbox), EpochPath = epochPath, Files = files },
        }, "plan", PlanDeadline, cancellationToken);
        var damage = replies.Values.SelectMany(r => r.RestorePlanned.Damage).ToList();
        if (damage.Count > 0)
        {
            throw new HpcCrException(FailureKind.Damaged, $"epoch {manifest.Epoch} of {manifest.Job} is damaged: {string.Join("; ", damage)}",
                replies.Values.Select(r => r.RestorePlanned.Next).FirstOrDefault(next => next.Length > 0) ?? "Restart from another epoch; `hpccr list` shows them.");
        }

        foreach (var part in manifest.Nodes.Where(n => replies.ContainsKey(n.Node)))
        {
            plan.Faults.Add(replies[part.Node].RestorePlanned.Faults);
            plan.Checks.Add(replies[part.Node].RestorePlanned.Checks);
            plan.Placements.Add(new RestartPlacement
            {
                Sandbox = part.Node,
                Node = manifest.Spec.HostOf(part.Node),
                Processes = (uint)part.Processes,
                Bytes = (ulong)part.Files.Sum(f => f.Size),
                Files = { replies[part.Node].RestorePlanned.Files },
                Addresses = { Of(relocation, part.Node).Own.Where(c => c.From != c.To).Select(c => $"{c.From} -> {c.To}") },
            });
        }

        return new PlannedRestart(manifest, document, relocation, plan, epochPath, files);
    }

    private static List<Place> PlacesOf(Manifest manifest) => [.. manifest.Nodes.Select(n => new Place(n.Node, n.Host ?? n.Node))];

    private List<Place> Reachable(JobSpec spec) => [.. spec.Places.Where(p => nodes.Find(p.Node) is not null)];

    private static SandboxRelocation Of(RelocationPlan plan, string sandbox) => plan.Sandboxes.First(s => s.Place.Sandbox == sandbox);

    private static Func<JobSpec, JobSpec> AsAsked(RestartRequest request, long incarnation) => spec => spec with
    {
        Incarnation = incarnation,
        SlurmJob = request.SlurmJob,
        SlurmStep = request.SlurmStep,
        IntervalMilliseconds = request.HasIntervalMs ? SpecMapping.ToInterval(request.IntervalMs) : spec.IntervalMilliseconds,
        MaxPauseMilliseconds = request.HasMaxPauseMs ? SpecMapping.ToMaxPause(request.MaxPauseMs) : spec.MaxPauseMilliseconds,
        Keep = request.HasKeep ? SpecMapping.ToKeep(request.Keep) : spec.Keep,
        Outside = [.. request.Outside.Select(rule => OutsideRule.Parse(rule).ToString()), .. spec.Outside],
    };

    private static ByteString SpecJson(Manifest manifest) =>
        ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(manifest.Spec, CoreJson.Default.JobSpec));

    private static ByteString Json(RelocationPlan plan, string sandbox) =>
        ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(Of(plan, sandbox), CoreJson.Default.SandboxRelocation));
}
