using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>One job as the coordinator knows it.</summary>
internal sealed partial class Job(JobSpec spec)
{
    private static long _lastSerial;
    private readonly System.Threading.Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? _arrival;
    private JobEnd? _end;

    /// <summary>Counts jobs as they come; a later one has a higher number.</summary>
    public long Serial { get; } = Interlocked.Increment(ref _lastSerial);

    /// <summary>What it was started with, and where its parts are.</summary>
    public JobSpec Spec { get; private set; } = spec;

    /// <summary>Where it is being moved to; null when it is not.</summary>
    public JobMove? Move { get; private set; }

    /// <summary>Whether it is being moved to other nodes.</summary>
    public bool IsMoving => Move is not null;

    /// <summary>How it is being brought to life; null when it is not, or not from an epoch.</summary>
    public JobRestart? Restart { get; set; }

    /// <summary>Whether it has left its nodes and is not yet on others.</summary>
    public bool IsAway => _arrival is not null;

    /// <summary>How long its description is, in bytes, as it goes over the wire and into the journal.</summary>
    public int DescriptionBytes { get; private set; } = spec.ToWire().CalculateSize();

    /// <summary>Its name.</summary>
    public string Name => Spec.Name;

    /// <summary>The sandbox of its command, and where that is.</summary>
    public Place HeadPlace => Spec.Places.First();

    /// <summary>What it is doing.</summary>
    public JobState State { get; private set; } = JobState.Starting;

    /// <summary>The exit code of its command, once that ended.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Why it failed or was lost.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Why the last epoch that failed did.</summary>
    public string LastError { get; set; } = "";

    /// <summary>When the next epoch is made by itself; null while none is due.</summary>
    public DateTimeOffset? NextEpochAt { get; set; }

    /// <summary>Committed epochs, oldest first.</summary>
    public IReadOnlyList<int> Epochs { get; private set; } = [];

    /// <summary>The newest of them; 0 when there is none.</summary>
    public int NewestEpoch => Epochs is [.., var newest] ? newest : 0;

    /// <summary>The highest number ever used.</summary>
    public int HighestEpoch { get; private set; }

    /// <summary>The epoch under way.</summary>
    public EpochRunner? Epoch { get; private set; }

    /// <summary>Where its plugins meet in the epoch or restart under way.</summary>
    public PluginExchange Exchange { get; set; } = new(0, false, 0);

    /// <summary>Which trees of an attached job have ended.</summary>
    public TreeEnds Trees { get; } = new(spec);

    /// <summary>Parts of its earlier lives, and of this one once it has ended, that may still be alive.</summary>
    public FormerParts Former { get; set; } = new();

    /// <summary>Guards against two ends of the same job at once.</summary>
    public SemaphoreSlim Ending { get; } = new(1, 1);

    /// <summary>What is told of it to users, without its processes.</summary>
    public JobStatus ToStatus()
    {
        lock (_gate)
        {
            var status = new JobStatus
            {
                Job = Name,
                State = State.ToWire(),
                Reason = Reason,
                Folder = Spec.Folder,
                Uid = Spec.Uid,
                Phase = Epoch?.State.ToString().ToLowerInvariant() ?? "",
                LastError = LastError,
                IntervalMs = (ulong)Spec.IntervalMilliseconds,
                Keep = (uint)Spec.Keep,
                SlurmJob = Spec.SlurmJob,
                NextEpochUnixMs = State.IsEnded() ? 0 : NextEpochAt?.ToUnixTimeMilliseconds() ?? 0,
            };
            if (ExitCode is { } code)
                status.ExitCode = code;
            status.Command.Add(CommandText.Shortened(Spec.Command));
            status.Epochs.Add(Epochs.Select(e => (uint)e));
            status.Nodes.Add(Spec.Places.Select(p => new JobNode { Node = p.Node, Sandbox = p.Sandbox, State = State.IsEnded() ? "ended" : "running" }));
            return status;
        }
    }

    /// <summary>Moves the job to another state and wakes whoever waits for a change. An ended job stays ended.</summary>
    /// <returns>Whether it moved.</returns>
    public bool MoveTo(JobState state, int? exitCode = null, string reason = "")
    {
        lock (_gate)
        {
            if (State.IsEnded())
                return false;
            State = state;
            ExitCode = exitCode ?? ExitCode;
            Reason = reason.Length > 0 ? reason : Reason;
            if (state.IsEnded())
                Shorten();
            Wake();
            return true;
        }
    }

    /// <summary>The job is about to end like this: from here on the journal says so, whatever becomes of the coordinator.</summary>
    public void Decide(JobEnd end)
    {
        lock (_gate)
            _end = end;
    }

    /// <summary>The epochs that the store holds.</summary>
    public void SetEpochs(IEnumerable<int> committed, int highest)
    {
        lock (_gate)
        {
            Epochs = [.. committed.Order()];
            HighestEpoch = Math.Max(HighestEpoch, highest);
            Wake();
        }
    }

    /// <summary>Begins a move; nothing else begins until it has ended.</summary>
    /// <param name="hosts">The node that each sandbox is to go to.</param>
    /// <exception cref="HpcCrException">The job does not run, or an epoch is under way.</exception>
    public void BeginMove(IReadOnlyList<string> hosts)
    {
        lock (_gate)
        {
            RequireRunning();
            Move = new JobMove(hosts, 0);
        }
    }

    /// <summary>Nothing of the job is alive, or all of it is about to be undone: it is on its way again.</summary>
    /// <param name="stoppedBy">The epoch that it stopped with, where it leaves for the first time.</param>
    public void Leave(int? stoppedBy = null)
    {
        lock (_gate)
        {
            Move = Move is { } move ? move with { StoppedBy = stoppedBy ?? move.StoppedBy } : null;
            _arrival?.TrySetResult(false);
            _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The job has come back to life, perhaps elsewhere.</summary>
    /// <returns>Whether it still lives: it may have been killed on its way.</returns>
    public bool Arrive(JobSpec arrived)
    {
        lock (_gate)
        {
            if (State.IsEnded())
                return false;
            Spec = arrived;
            _arrival?.TrySetResult(true);
            _arrival = null;
            return true;
        }
    }

    /// <summary>Completes when a job that is away has arrived, at once for any other; false when that did not come to be.</summary>
    public Task<bool> ArrivalAsync()
    {
        lock (_gate)
            return _arrival?.Task ?? Task.FromResult(true);
    }

    /// <summary>The move is over, however it went.</summary>
    public void EndMove()
    {
        lock (_gate)
        {
            Move = null;
            _arrival?.TrySetResult(false);
            _arrival = null;
            if (State == JobState.Checkpointing && Epoch is null)
                State = JobState.Running;
            Wake();
        }
    }

    /// <summary>Begins an epoch; there is never more than one.</summary>
    /// <exception cref="HpcCrException">One is under way, or the job does not run.</exception>
    public int BeginEpoch(EpochRunner runner)
    {
        lock (_gate)
        {
            RequireRunning();
            Epoch = runner;
            State = JobState.Checkpointing;
            Wake();
            return ++HighestEpoch;
        }
    }

    /// <summary>The epoch is durable.</summary>
    public void Committed(int epoch)
    {
        lock (_gate)
        {
            Epochs = [.. Epochs.Append(epoch).Distinct().Order()];
            Wake();
        }
    }

    /// <summary>Epochs are no longer in the store.</summary>
    public void Forget(IReadOnlySet<int> removed)
    {
        lock (_gate)
        {
            Epochs = [.. Epochs.Where(e => !removed.Contains(e))];
            Wake();
        }
    }

    /// <summary>The epoch is over; nothing happens when it never began.</summary>
    public void EndEpoch(EpochRunner runner)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(Epoch, runner))
                return;
            Epoch = null;
            if (State == JobState.Checkpointing && !IsMoving)
                State = JobState.Running;
            Wake();
        }
    }

    /// <summary>Completes when no epoch is under way.</summary>
    /// <returns>The number of the last one; 0 when there was none.</returns>
    public async Task<int> EpochOverAsync()
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (Epoch is null)
                    return HighestEpoch;
                change = _changed.Task;
            }

            await change;
        }
    }

    /// <summary>Completes at the next change.</summary>
    public Task NextChange()
    {
        lock (_gate)
            return _changed.Task;
    }

    /// <summary>Goes on only if the job runs and no epoch is under way.</summary>
    /// <exception cref="HpcCrException">It does not, or one is.</exception>
    public void RequireRunning()
    {
        if (IsRecovering)
            throw new HpcCrException(FailureKind.Failed, $"job {Name} is being taken over from an earlier coordinator", "Try again in a moment.");
        if (Epoch is { } busy)
            throw new HpcCrException(FailureKind.Failed, $"epoch {HighestEpoch} of {Name} is under way ({busy.State})", "Wait for it to end; `hpccr status` shows it.");
        if (State != JobState.Running)
        {
            throw new HpcCrException(FailureKind.Failed, $"job {Name} does not run: it is {State}",
                State.IsEnded() ? $"`hpccr restart {Name}` starts it again from its newest epoch." : "Try again in a moment.");
        }
    }

    // Who restarts it takes all this from the manifest.
    private void Shorten()
    {
        Spec = Spec with { Command = CommandText.Shortened(Spec.Command), Environment = new Dictionary<string, string>(), Limits = [], Capture = [], Outside = [], Plugins = [] };
        DescriptionBytes = Spec.ToWire().CalculateSize();
    }

    private void Wake()
    {
        var woken = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        woken.TrySetResult();
    }
}
