using System.Globalization;
using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>Which Slurm jobs have this node: the Prolog writes a file for each, with the uid of its user, and the Epilog takes it away.</summary>
/// <param name="options">The launcher's options.</param>
internal sealed class Admissions(LauncherOptions options)
{
    /// <summary>Whether the job may be on this node. Elsewhere than on nodes of Slurm's all may, and root's own jobs everywhere.</summary>
    public bool Allow(JobSpec spec) =>
        !options.Slurm || (spec.SlurmJob == 0 ? spec.Uid == 0 : UidOf(spec.SlurmJob) == spec.Uid);

    /// <summary>Goes on only if it may.</summary>
    /// <exception cref="HpcCrException">It may not (not allowed).</exception>
    public void Require(JobSpec spec)
    {
        if (Allow(spec))
            return;
        throw spec.SlurmJob == 0
            ? new HpcCrException(FailureKind.NotAllowed, $"node {options.Node} belongs to Slurm, and job {spec.Name} comes from none of its jobs",
                "Start it with `hpccr slurm run` in a batch script.")
            : new HpcCrException(FailureKind.NotAllowed, $"Slurm job {spec.SlurmJob} of user {spec.Uid} has not been admitted to node {options.Node}",
                "The job has ended there, or HpcCr's Prolog did not run; its log on that node tells more.");
    }

    private uint? UidOf(uint slurmJob)
    {
        try
        {
            return uint.TryParse(File.ReadAllText(Path.Combine(options.Run.Slurm, $"{slurmJob}")), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var uid) ? uid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
