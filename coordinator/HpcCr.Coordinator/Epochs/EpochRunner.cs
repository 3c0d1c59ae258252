using System.Diagnostics;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Takes one job through one epoch. <see cref="Post"/> alone moves its state; each state has one action.</summary>
internal sealed partial class EpochRunner
{
    private const int MaximumRefreezes = 20;
    private static readonly TimeSpan RefreezePause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StepDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SealDeadline = TimeSpan.FromHours(2);
    private const string OutsideEnds = "outside ends";
    private static readonly TimeSpan CallerLeaves = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallerPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DrainDeadline = TimeSpan.FromSeconds(5);

    private readonly Job _job;
    private readonly NodeRegistry _nodes;
    private readonly Journal _journal;
    private readonly CoordinatorOptions _options;
    private readonly Action<Progress> _progress;
    private readonly ILogger _log;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _maxPause;
    private readonly CancellationTokenSource _cancelled = new();
    private readonly EpochReport _report = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _frozen;
    private Dictionary<string, Drained> _drained = [];
    private double _pause;
    private int _refreezes;
    private Manifest? _manifest;
    private string _path = "";
    private HpcCrException? _failure;
    private Task _recorded = Task.CompletedTask;

    public EpochRunner(
        Job job, NodeRegistry nodes, Journal journal, CoordinatorOptions options, bool stop, TimeSpan timeout, TimeSpan maxPause,
        Action<Progress> progress, ILogger log)
    {
        _job = job;
        _nodes = nodes;
        _journal = journal;
        _options = options;
        Stops = stop;
        _timeout = timeout;
        _maxPause = maxPause;
        _progress = progress;
        _log = log;
    }

    /// <summary>The epoch's number.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the job ends with it.</summary>
    public bool Stops { get; }

    /// <summary>Whether a process of the job has asked for it: that one hangs up before the job is looked at.</summary>
    public bool IsAskedForInside { get; init; }

    /// <summary>Where it is.</summary>
    public EpochState State { get; private set; } = EpochState.Idle;

    /// <summary>Ends the epoch as a failure at the next instant where that harms nothing.</summary>
    public void Cancel(string why)
    {
        _failure ??= new HpcCrException(FailureKind.Failed, why);
        _cancelled.Cancel();
    }

    /// <summary>Runs the epoch to one of its ends.</summary>
    /// <returns>What was committed.</returns>
    /// <exception cref="HpcCrException">It was aborted (the job runs on), or the job is lost.</exception>
    public async Task<CheckpointResult> RunAsync()
    {
        Number = _job.BeginEpoch(this);
        _job.Exchange = new PluginExchange(Number, isRestart: false, _job.Spec.Nodes.Count);
        Post(EpochEvent.Begin);
        await DriveAsync();
        return _report.Result(_manifest!, _path, _drained.Values);
    }

    private async Task DriveAsync()
    {
        while (!State.IsFinal())
            Post(await ActAsync());
        if (State is not (EpochState.Complete or EpochState.Stopped))
            throw Failure();
    }

    // The one place where the state changes. What the journal must not lose is waited for by the action that follows; most of the
    // states need not be in it at all, for the store knows whether an epoch exists, and a job that is held does not wait for a disk.
    private void Post(EpochEvent happened)
    {
        if (EpochTransitions.Next(State, happened) is not { } next)
        {
            _log.LogError("{Job} epoch {Epoch}: {Event} means nothing in {State} and is ignored", _job.Name, Number, happened, State);
            return;
        }

        var spent = _report.Leave(State);
        _log.LogInformation("{Job} epoch {Epoch}: {Event}: {From}->{To} {Milliseconds:F1} ms", _job.Name, Number, happened, State, next, spent);
        var isDecision = next is EpochState.Quiesce or EpochState.Kill || State is EpochState.Commit or EpochState.CommitStopped;
        State = next;
        _recorded = Task.CompletedTask;
        if (isDecision)
            _recorded = next == EpochState.Quiesce ? _journal.SaveAsync(_job) : _journal.TrySaveAsync(_job);
        else
            _journal.Note(_job);
        Tell("");
    }

    private async Task<EpochEvent> ActAsync()
    {
        try
        {
            await _recorded;
            return await (State switch
            {
                EpochState.Quiesce => QuiesceAsync(),
                EpochState.Freeze => FreezeAsync(),
                EpochState.Drain => DrainAsync(),
                EpochState.Refreeze => RefreezeAsync(),
                EpochState.Lock => StepAsync(Simple(c => c.Lock = new Protocol.V1.Lock { All = Stops })),
                EpochState.Dump => DumpAsync(),
                EpochState.Vote => Task.FromResult(_cancelled.IsCancellationRequested ? EpochEvent.Failed : Stops ? EpochEvent.Stop : EpochEvent.Continue),
                EpochState.Resume => ResumeAsync(keepStopped: false),
                EpochState.Seal => SealAsync(),
                EpochState.SealStopped => SealStoppedAsync(),
                EpochState.Commit or EpochState.CommitStopped => CommitAsync(),
                EpochState.Kill => KillAsync(),
                EpochState.Abort => AbortAsync(),
                EpochState.Recover => FindAsync(),
                EpochState.Lose => Task.FromResult(EpochEvent.AllDone),
                _ => throw new InvalidOperationException($"no action in {State}"),
            });
        }
        catch (NodeFailedException e)
        {
            _failure ??= IsPauseOver ? PausedTooLong(e.Message) : e.Failure;
            _log.LogWarning("{Job} epoch {Epoch}: {State} failed on {Node}: {Why}", _job.Name, Number, State, e.Node, e.Message);
            return e.EngineDied ? EpochEvent.EngineDied : EpochEvent.Failed;
        }
        catch (OperationCanceledException)
        {
            return EpochEvent.Failed;
        }
        catch (HpcCrException e)
        {
            _failure ??= e;
            return EpochEvent.Failed;
        }
        catch (Exception e)
        {
            // Whatever it is, the nodes hold the job and have to hear that they are to let it go.
            _log.LogError(e, "{Job} epoch {Epoch}: {State} has a defect", _job.Name, Number, State);
            _failure ??= new HpcCrException(FailureKind.Internal, $"{State} of epoch {Number} of {_job.Name} failed: {e.Message}",
                "The coordinator's log has the details.", e);
            return EpochEvent.Failed;
        }
    }

    private async Task<EpochEvent> QuiesceAsync()
    {
        var look = await LookAsync();
        Preflight.RequireFaultless(_job, look.Findings);
        return await StepAsync(sandbox => new Command
        {
            Job = _job.Name,
            Incarnation = (ulong)_job.Spec.Incarnation,
            Epoch = (uint)Number,
            Quiesce = new Quiesce { LeaseMs = (uint)_options.Lease.TotalMilliseconds, Outside = { look.Outside[sandbox].Where(c => _job.Spec.PolicyTowards(c.Remote) is null) } },
        });
    }

    // Who has asked inside the job still hangs up: that is waited for, and told from other ends outside the job by these not going away.
    private async Task<PreflightLook> LookAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var look = await Preflight.LookAsync(_nodes, _job, Number, Left(), _cancelled.Token);
            if (!IsAskedForInside || Stopwatch.GetElapsedTime(began) > CallerLeaves
                || !look.Findings.Any(f => !f.Warning || f.Check == OutsideEnds))
                return look;
            await Task.Delay(CallerPoll, _nodes.Time, _cancelled.Token);
        }
    }

    private async Task<EpochEvent> FreezeAsync()
    {
        if (_frozen == 0)
            _frozen = _nodes.Time.GetTimestamp();
        return await StepAsync(Simple(c => c.Freeze = new Freeze()));
    }

    private async Task<EpochEvent> DrainAsync()
    {
        var addresses = _nodes.AddressesOf(_job.Spec.Places.Select(p => p.Node)).ToList();
        var replies = await AskAllAsync(Simple(c => c.Drain = new Drain
        {
            DeadlineMs = (uint)DrainDeadline.TotalMilliseconds,
            JobAddresses = { addresses },
        }));
        _drained = replies.ToDictionary(r => r.Key, r => r.Value.Drained);
        var residue = _drained.Values.SelectMany(d => d.Residue).ToList();
        var heldUp = _drained.Values.SelectMany(d => d.HeldUp).ToList();
        if (residue.Count + heldUp.Count == 0)
            return EpochEvent.AllDone;
        if (++_refreezes <= MaximumRefreezes)
            return EpochEvent.Residue;
        if (heldUp.Count > 0)
        {
            throw new HpcCrException(FailureKind.Unsupported,
                $"after {MaximumRefreezes} attempts something of {_job.Name} still does not stop: {string.Join("; ", heldUp.Take(5))}",
                "The job runs on. Checkpoint again when that has ended.");
        }

        throw new HpcCrException(FailureKind.Unsupported,
            $"after {MaximumRefreezes} attempts something in flight is still in nobody's memory: {string.Join("; ", residue.Take(5))}",
            "The job runs on. Checkpoint again when that connection has been accepted or has ended.");
    }

    private async Task<EpochEvent> RefreezeAsync()
    {
        await AskAllAsync(Simple(c => c.Thaw = new Thaw()));
        _frozen = 0;
        // The job's own progress is what is waited for here; a longer run with every attempt.
        await Task.Delay(RefreezePause * _refreezes, _nodes.Time, _cancelled.Token);
        return EpochEvent.AllDone;
    }

    private async Task<EpochEvent> DumpAsync()
    {
        await AskAllAsync(Simple(c => c.Dump = new Dump { DeadlineMs = (uint)Earlier(Left(), PauseLeft()).TotalMilliseconds }), _timeout);
        return EpochEvent.AllDone;
    }

    private async Task<EpochEvent> ResumeAsync(bool keepStopped)
    {
        var replies = await AskAllAsync(Simple(c => c.Resume = new Resume { KeepStopped = keepStopped }));
        _pause = keepStopped ? _nodes.Time.GetElapsedTime(_frozen).TotalMilliseconds : replies.Values.Max(r => r.Resumed.PauseMs);
        return EpochEvent.AllDone;
    }

    private async Task<EpochEvent> SealStoppedAsync()
    {
        await ResumeAsync(keepStopped: true);
        return await SealAsync();
    }

    private async Task<EpochEvent> SealAsync()
    {
        var replies = await AskAllAsync(Simple(c => c.Seal = new Seal()), SealDeadline);
        var parts = SealedParts.Prove(_job.Spec, Number, replies, _drained);
        _manifest = new Manifest
        {
            Version = Manifest.CurrentVersion,
            Job = _job.Name,
            Epoch = Number,
            Time = DateTimeOffset.UtcNow,
            Software = _nodes.Require(_job.HeadPlace.Node).Hello.Software,
            Engine = _nodes.Require(_job.HeadPlace.Node).Hello.Engine,
            Spec = _job.Spec,
            Stopped = Stops,
            PauseMilliseconds = _pause,
            Phases = new PhaseTimings(),
            Refreezes = _refreezes,
            Cut = CutVerdict.Consistent,
            Nodes = parts.Nodes,
            Signatures = parts.Signatures,
        };
        return EpochEvent.AllDone;
    }

    private async Task<EpochEvent> CommitAsync()
    {
        _manifest = _manifest! with { Phases = _report.Timings() };
        var json = ByteString.CopyFrom(ManifestReader.Write(_manifest));
        var command = new Command { Incarnation = (ulong)_job.Spec.Incarnation, Epoch = (uint)Number, Commit = new Commit { ManifestJson = json } };
        var replies = await NodeGroup.AskAllAsync(_nodes, _job.Spec.Id, [_job.HeadPlace], _ => command, "commit", Left(), CancellationToken.None);
        _path = replies[_job.Spec.Head].Committed.Path;
        _job.Committed(Number);
        if (!Stops)
            await TellAllAsync(c => c.Abort = new Abort { Committed = true }, "forget");
        return EpochEvent.AllDone;
    }

    private async Task<EpochEvent> KillAsync()
    {
        await TellAllAsync(c => c.Kill = new Kill(), "kill");
        return EpochEvent.AllDone;
    }

    private async Task<EpochEvent> AbortAsync()
    {
        var failures = await TellAllAsync(c => c.Abort = new Abort(), "abort");
        if (failures.Count == 0)
            await TellAllAsync(c => c.Settle = new Settle(), "settle");
        return failures.Any(f => f.EngineDied) ? EpochEvent.EngineDied : failures.Count > 0 ? EpochEvent.Failed : EpochEvent.AllDone;
    }

    private HpcCrException Failure() => _failure ?? new HpcCrException(FailureKind.Failed, $"epoch {Number} of {_job.Name} was cancelled");

    private void Tell(string text) => _progress(new Progress { Phase = State.ToString().ToLowerInvariant(), Text = text, Done = -1 });
}
