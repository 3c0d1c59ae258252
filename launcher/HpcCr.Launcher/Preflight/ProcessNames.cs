using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>How processes are named to users: by their rank where an MPI gave them one, else by their program.</summary>
internal static class ProcessNames
{
    // Not Slurm's SLURM_PROCID, which all that a batch script starts inherits from it.
    private static readonly string[] RankVariables = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"];

    /// <summary><c>rank 12 (pid 4711)</c>, <c>python3 (pid 4711)</c>.</summary>
    public static string Of(int pid)
    {
        var environment = ProcFs.EnvironmentOf(pid);
        var rank = RankVariables.Select(name => environment.FirstOrDefault(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..])
            .FirstOrDefault(value => value?.Length is > 0 and < 10 && value.All(char.IsAsciiDigit));
        return rank is null ? $"{ProcFs.NameOf(pid)} (pid {pid})" : $"rank {rank} (pid {pid})";
    }
}
