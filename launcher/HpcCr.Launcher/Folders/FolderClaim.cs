using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>Whether a coordinator may begin a life of a job in a folder, by what job.json there says.</summary>
/// <param name="Wanted">What it is to say.</param>
/// <param name="Fresh">Whether the job starts from its beginning.</param>
/// <param name="Known">The newest life that the coordinator knows to be over; null: it knows of none.</param>
/// <param name="Force">Whoever asks knows better.</param>
/// <param name="IdleNodes">Nodes that hold no part of the job.</param>
internal sealed record FolderClaim(JobRecord Wanted, bool Fresh, long? Known, bool Force, IReadOnlySet<string> IdleNodes)
{
    /// <summary>Why it may not; null: it may.</summary>
    /// <param name="folder">The folder, for the message.</param>
    /// <param name="found">What job.json says; null: nothing.</param>
    /// <param name="hasEpochs">Whether the folder holds checkpoints.</param>
    public HpcCrException? FaultOf(string folder, JobRecord? found, bool hasEpochs)
    {
        if (found is not null && !Force && LivingFaultOf(folder, found) is { } fault)
            return fault;
        var continues = found is not null && Wanted.SlurmJob != 0 && found.SlurmJob == Wanted.SlurmJob;
        return Fresh && hasEpochs && !continues
            ? new HpcCrException(FailureKind.Failed, $"{folder} holds checkpoints of an earlier job {Wanted.Job}; nothing was started",
                $"`hpccr restart {Wanted.Job}` goes on from the newest; `hpccr rm {Wanted.Job}` removes them; or choose another --name.")
            : null;
    }

    private HpcCrException? LivingFaultOf(string folder, JobRecord found)
    {
        if (found.Incarnation >= Wanted.Incarnation)
        {
            return new HpcCrException(FailureKind.Failed, $"{folder} belongs to a later life of job {Wanted.Job} than this one",
                "Another coordinator has restarted the job, or its clock is ahead of ours.");
        }

        if (found.State.IsEnded())
            return null;
        if (found.Owner.Length > 0 && found.Owner != Wanted.Owner)
        {
            return new HpcCrException(FailureKind.Failed, $"job {Wanted.Job} in {folder} runs under another coordinator ({found.Owner}), on {string.Join(", ", found.Nodes)}",
                "Choose another --name or --ckpt-dir; or end the job there. If that coordinator and its nodes are gone for good: `hpccr restart --force`.");
        }

        var silent = found.Nodes.Where(node => !IdleNodes.Contains(node)).ToList();
        return found.Incarnation <= Known || silent.Count == 0
            ? null
            : new HpcCrException(FailureKind.Failed, $"job {Wanted.Job} ran on {string.Join(", ", silent)} by what {folder} says, and that does not answer",
                "Bring it back, which ends what it holds of the job, or make sure that it is switched off and give `hpccr restart --force`.");
    }
}
