using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

// What is done with an epoch whose coordinator has died.
internal sealed partial class EpochRunner
{
    /// <summary>Ends an epoch that an earlier coordinator began: what the store says, or what had been decided before, comes to pass.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="state">Where it was.</param>
    /// <exception cref="HpcCrException">It was aborted (the job runs on), or the job is lost.</exception>
    public async Task RecoverAsync(int number, EpochState state)
    {
        Number = number;
        State = state;
        _job.TakeUpEpoch(this);
        if (EpochTransitions.Next(state, EpochEvent.Interrupted) is not null)
            Post(EpochEvent.Interrupted);
        await DriveAsync();
    }

    // Nobody who began this epoch is left: whether it was committed is for the store to say.
    private async Task<EpochEvent> FindAsync()
    {
        var spec = _job.Spec;
        var asked = spec.Places.Where(p => _nodes.Find(p.Node) is not null).Take(1).ToList();
        if (asked.Count == 0)
            throw new HpcCrException(FailureKind.Failed, $"epoch {Number} of {_job.Name} was interrupted, and none of the job's nodes is connected");
        var find = new FindEpoch { Folder = spec.Folder, Uid = spec.Uid, Gid = spec.Gid };
        var replies = await NodeGroup.AskAllAsync(_nodes, _job.Spec.Id, asked,
            _ => new Command { Epoch = (uint)Number, FindEpoch = find }, "find", StepDeadline, _cancelled.Token);
        if (!replies[asked[0].Sandbox].EpochFound.Exists)
            throw new HpcCrException(FailureKind.Failed, $"epoch {Number} of {_job.Name} was interrupted by the end of its coordinator before it was committed",
                "The job runs on. Checkpoint again.");
        _job.Committed(Number);
        if (!Stops)
            await TellAllAsync(c => c.Abort = new Abort { Committed = true }, "forget");
        return Stops ? EpochEvent.Stop : EpochEvent.Continue;
    }
}
