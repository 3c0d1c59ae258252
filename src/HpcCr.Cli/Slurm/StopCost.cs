using HpcCr.Cli.Output;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Cli.Slurm;

/// <summary>Compares how long it takes to stop the job, as its last epoch took, with the time that Slurm gives, and says so once when that is too short.</summary>
internal sealed class StopCost(SlurmTerms terms, TimeSpan margin)
{
    // The next epoch may be larger, and the file system busier.
    private const double Reserve = 1.5;
    private bool _isSaid;
    private int _newest = -1;

    /// <summary>The job begins. Where there is no time at all, nothing has to be measured.</summary>
    public void Began()
    {
        if (terms.PreemptionGrace == TimeSpan.Zero)
            Terminal.Note($"a preemption in partition {terms.Partition} leaves no time for an epoch (GraceTime=0): what is later than the last one of --interval is lost by it");
    }

    /// <summary>The job goes on from an epoch.</summary>
    public void Measured(Manifest epoch)
    {
        if (_isSaid) return;
        if (WarningOf(epoch, terms, margin) is not { } warning) return;
        _isSaid = true;
        Terminal.Note(warning);
    }

    /// <summary>The job has changed: it may have an epoch more.</summary>
    public void Measured(JobStatus job)
    {
        if (_isSaid || job.Epochs is not [.., var newest] || (int)newest == _newest) return;
        _newest = (int)newest;
        try
        {
            Measured(EpochReader.ReadManifest(Path.Combine(job.Folder, EpochName.Of(_newest))));
        }
        catch (HpcCrException)
        {
            // It has been removed meanwhile.
        }
    }

    /// <summary>What there is to say; null when the time is long enough.</summary>
    public static string? WarningOf(Manifest epoch, SlurmTerms terms, TimeSpan margin)
    {
        var phases = epoch.Phases;
        var took = TimeSpan.FromMilliseconds(
            phases.Quiesce + phases.Freeze + phases.Drain + phases.Lock + phases.Dump + phases.Resume + phases.Seal + phases.Commit);
        var needed = Reserve * took;
        List<string> tooShort = [];
        if (terms.PreemptionGrace is { Ticks: > 0 } grace && grace < needed) tooShort.Add($"a preemption in partition {terms.Partition} leaves {grace.TotalSeconds:0} s");
        if (terms.End is not null && margin < needed) tooShort.Add($"--before-limit is {margin.TotalSeconds:0} s");
        return tooShort.Count == 0
            ? null
            : $"epoch {epoch.Epoch} of job {epoch.Job} took {took.TotalSeconds:0.0} s ({Quantity.Bytes(epoch.TotalBytes)}), and {string.Join(" and ", tooShort)}: that may be too short to stop it. "
                + "Go on with --interval, so that little is lost, or ask for more GraceTime.";
    }
}
