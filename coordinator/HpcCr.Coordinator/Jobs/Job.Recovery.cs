using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

// What one coordinator leaves to the next.
internal sealed partial class Job
{
    private TaskCompletionSource? _recovery;

    /// <summary>Whether what an earlier coordinator began with it is still being ended.</summary>
    public bool IsRecovering => _recovery is { Task.IsCompleted: false };

    /// <summary>The job as a journal has it.</summary>
    /// <exception cref="HpcCrException">The record cannot be (damaged).</exception>
    public static Job Of(JournalRecord record)
    {
        try
        {
            var job = new Job(record.Spec.ToCore())
            {
                State = record.State.ToCore(),
                ExitCode = record.HasExitCode ? record.ExitCode : null,
                Reason = record.Reason,
                HighestEpoch = (int)record.HighestEpoch,
                Epochs = [.. record.Epochs.Select(e => (int)e)],
                Move = record.Move is { } move ? new JobMove(move.Hosts, (int)move.StoppedBy) : null,
            };
            foreach (var part in record.Former)
                job.Former.Add(new FormerPart(new Place(part.Sandbox, part.Node), (long)part.Incarnation));
            if (record.Restart is { } restart)
                job.Restart = new JobRestart(restart.EpochPath, restart.Spec?.ToCore() ?? job.Spec, restart.Going, restart.Before);
            if (job.Move is { StoppedBy: > 0 })
                job.Leave();
            return job;
        }
        catch (HpcCrException e)
        {
            throw new HpcCrException(FailureKind.Damaged, $"the coordinator's journal says of job {JobName.Printable(record.Job)} what cannot be: {e.Message}",
                "Move the journal away and start the coordinator again: living jobs are learned from the launchers.", e);
        }
    }

    /// <summary>All there is to say of it in a journal.</summary>
    /// <param name="withSpec">Whether that includes what it was started with, which is long and seldom new.</param>
    public JournalRecord ToRecord(bool withSpec = true)
    {
        lock (_gate)
        {
            var end = State.IsEnded() ? new JobEnd(State, ExitCode, Reason) : _end ?? new JobEnd(State, ExitCode, Reason);
            var record = new JournalRecord
            {
                Job = Name,
                Uid = Spec.Uid,
                Spec = withSpec ? Spec.ToWire() : null,
                State = end.State.ToWire(),
                Reason = end.Reason,
                HighestEpoch = (uint)HighestEpoch,
            };
            record.Former.Add(Former.All.Select(part => new Protocol.V1.FormerPart { Sandbox = part.Place.Sandbox, Node = part.Place.Node, Incarnation = (ulong)part.Incarnation }));
            if (end.ExitCode is { } code)
                record.ExitCode = code;
            if (end.State.IsEnded())
            {
                record.Epochs.Add(Epochs.Select(e => (uint)e));
                return record;
            }

            if (Epoch is { } epoch)
                record.Epoch = new JournalEpoch { Number = (uint)epoch.Number, Stop = epoch.Stops, State = epoch.State.ToString() };
            // Once it has arrived there is nothing left to do for it.
            if (Move is { } move && (move.StoppedBy == 0 || IsAway))
                record.Move = new JournalMove { Hosts = { move.Hosts }, StoppedBy = (uint)move.StoppedBy };
            if (Restart is { } restart)
            {
                record.Restart = new JournalRestart { EpochPath = restart.EpochPath, Going = restart.Going, Before = restart.Before };
                if (!ReferenceEquals(restart.Spec, Spec))
                    record.Restart.Spec = restart.Spec.ToWire();
            }

            return record;
        }
    }

    /// <summary>What an earlier coordinator began with it has to be ended before anything else is done or believed.</summary>
    public void BeginRecovery() => _recovery = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It has been ended.</summary>
    public void EndRecovery()
    {
        _recovery?.TrySetResult();
        lock (_gate)
            Wake();
    }

    /// <summary>Completes when that is so; at once for a job of this coordinator's own.</summary>
    public Task RecoveredAsync() => _recovery?.Task ?? Task.CompletedTask;

    /// <summary>Takes up an epoch that an earlier coordinator began.</summary>
    public void TakeUpEpoch(EpochRunner runner)
    {
        lock (_gate)
        {
            Epoch = runner;
            State = JobState.Checkpointing;
            Wake();
        }
    }
}
