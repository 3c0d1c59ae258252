using System.Diagnostics;
using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

// How the nodes are asked.
internal sealed partial class EpochRunner
{
    private async Task<EpochEvent> StepAsync(Func<string, Command> command)
    {
        await AskAllAsync(command);
        return EpochEvent.AllDone;
    }

    // No step outlives the epoch's own time.
    private Task<Dictionary<string, Reply>> AskAllAsync(Func<string, Command> command, TimeSpan? deadline = null)
    {
        var left = Earlier(Left(), PauseLeft());
        var limit = deadline ?? StepDeadline;
        return NodeGroup.AskAllAsync(_nodes, _job.Spec.Id, [.. _job.Spec.Places], command, State.ToString(), left < limit ? left : limit, _cancelled.Token);
    }

    private TimeSpan Left()
    {
        var left = _timeout - Stopwatch.GetElapsedTime(_began);
        return left > TimeSpan.Zero
            ? left
            : throw new HpcCrException(FailureKind.Failed, $"the epoch took longer than its {_timeout.TotalSeconds:F0} s", "Give `--timeout` more time.");
    }

    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(50);

    // A job that ends with the epoch does not wait for its end.
    private bool IsPauseBounded =>
        !Stops && _frozen != 0 && State is EpochState.Freeze or EpochState.Drain or EpochState.Lock or EpochState.Dump;

    // A timer of the pause's length may be a little early by the other clock.
    private bool IsPauseOver => IsPauseBounded && _nodes.Time.GetElapsedTime(_frozen) + TimerSlack >= _maxPause;

    private TimeSpan PauseLeft()
    {
        if (!IsPauseBounded)
            return TimeSpan.MaxValue;
        var left = _maxPause - _nodes.Time.GetElapsedTime(_frozen);
        return left > TimeSpan.Zero ? left : throw PausedTooLong("");
    }

    private HpcCrException PausedTooLong(string why) => new(FailureKind.Failed,
        $"{_job.Name} had been stopped for {_maxPause.TotalSeconds:0.###} s when the epoch was given up in {State}"
        + (why.Length > 0 ? ": " + why : ""),
        "The job runs on. Give `--max-pause` more time, if the job may stand still for longer.");

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private Task<IReadOnlyList<NodeFailedException>> TellAllAsync(Action<Command> step, string name) =>
        NodeGroup.TellAllAsync(_nodes, _job.Spec.Id, [.. _job.Spec.Places.Where(p => _nodes.Find(p.Node) is not null)], Simple(step), name, StepDeadline);

    private Func<string, Command> Simple(Action<Command> step) => _ =>
    {
        var command = new Command { Incarnation = (ulong)_job.Spec.Incarnation, Epoch = (uint)Number };
        step(command);
        return command;
    };
}
