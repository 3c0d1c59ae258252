using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>Makes plain <c>mpirun ./app</c> spread over the job's nodes, for both MPI families, through files and variables only.</summary>
internal static class MpiEnvironment
{
    private const string OpenMpi = "openmpi";
    private const string Hydra = "hydra";

    /// <summary>The variables; the job's own values win over the first group, never over the agent's.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(JobSpec spec, SandboxLayout layout, string agent)
    {
        var openMpiHosts = layout.HostFile(OpenMpi);
        var hydraHosts = layout.HostFile(Hydra);
        Dictionary<string, string> preferred = new()
        {
            ["OMPI_MCA_orte_default_hostfile"] = openMpiHosts,
            ["PRTE_MCA_prte_default_hostfile"] = openMpiHosts,
            ["HYDRA_HOST_FILE"] = hydraHosts,
            ["I_MPI_HYDRA_HOST_FILE"] = hydraHosts,
        };
        if (spec.Uid == 0)
        {
            // Root started this job as root; Open MPI asks root to say so twice.
            preferred["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
            preferred["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
            preferred["PRTE_ALLOW_RUN_AS_ROOT"] = "1";
            preferred["PRTE_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        }

        foreach (var (name, value) in preferred)
            if (!spec.Environment.ContainsKey(name))
                yield return new(name, value);
        foreach (var name in (string[])["OMPI_MCA_plm_rsh_agent", "PRTE_MCA_plm_ssh_agent", "HYDRA_LAUNCHER_EXEC", "I_MPI_HYDRA_BOOTSTRAP_EXEC"])
            yield return new(name, agent);
        yield return new("OMPI_MCA_plm", "rsh");
        yield return new("PRTE_MCA_plm", "ssh");
        yield return new("HYDRA_LAUNCHER", "ssh");
        yield return new("I_MPI_HYDRA_BOOTSTRAP", "ssh");
    }

    /// <summary>Writes the host files.</summary>
    /// <param name="nodes">The job's nodes, the head first.</param>
    /// <param name="slots">Ranks per node.</param>
    /// <param name="layout">Where they go.</param>
    public static void WriteHostFiles(IReadOnlyList<string> nodes, IReadOnlyDictionary<string, uint> slots, SandboxLayout layout)
    {
        uint Slots(string node) => slots.TryGetValue(node, out var n) && n > 0 ? n : 1;
        File.WriteAllLines(layout.HostFile(OpenMpi), nodes.Select(n => $"{n} slots={Slots(n)}"));
        File.WriteAllLines(layout.HostFile(Hydra), nodes.Select(n => $"{n}:{Slots(n)}"));
    }
}
