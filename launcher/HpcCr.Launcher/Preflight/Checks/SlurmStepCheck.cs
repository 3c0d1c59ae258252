using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Ranks that a script inside the job starts with srun: they are no part of it, and a restart could not connect srun to Slurm's step daemons again.</summary>
internal sealed class SlurmStepCheck : IPreflightCheck
{
    private const string Program = "srun";

    public string Name => "Slurm steps";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        target.Processes.Where(process => ProcFs.NameOf(process.Pid) == Program)
            .Select(process => new PreflightFinding(process.Pid, "starts ranks as a step of Slurm's, outside of the job, to which no restart can connect it again",
                "Start ranks with mpirun, which spreads over the same nodes: mpirun ./app."));
}
