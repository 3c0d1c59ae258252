using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>Which Slurm jobs have this node: the Prolog writes a file for each, with the uid of its user, and the Epilog takes it away.</summary>
/// <param name="options">The launcher's options.</param>
/// <param name="running">The uid of a Slurm job that runs on a node, by Slurm's own word.</param>
internal sealed class Admissions(LauncherOptions options, Func<uint, string, Task<uint?>> running)
{
    /// <summary>Whether the job may be on this node. Elsewhere than on nodes of Slurm's all may, and root's own jobs everywhere.</summary>
    public bool Allow(JobSpec spec) =>
        !options.Slurm || (spec.SlurmJob == 0 ? spec.Uid == 0 : AdmissionFile.Read(options.Run, spec.SlurmJob) == spec.Uid);

    /// <summary>
    /// Goes on only if it may. slurmd leaves out the Prolog of a job that comes again within two seconds of another one's end, so that Slurm is
    /// asked where the file is missing, and the file written by what it says.
    /// </summary>
    /// <exception cref="HpcCrException">It may not (not allowed).</exception>
    public async Task RequireAsync(JobSpec spec)
    {
        if (Allow(spec))
            return;
        if (spec.SlurmJob == 0)
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"node {options.Node} belongs to Slurm, and job {spec.Name} comes from none of its jobs",
                "Start it with `hpccr slurm run` in a batch script.");
        }

        if (await running(spec.SlurmJob, options.Node) != spec.Uid)
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"Slurm job {spec.SlurmJob} of user {spec.Uid} has not been admitted to node {options.Node}",
                "The job has ended there, or it is not that user's; HpcCr's log on that node tells more.");
        }

        AdmissionFile.Write(options.Run, spec.SlurmJob, spec.Uid);
    }
}
