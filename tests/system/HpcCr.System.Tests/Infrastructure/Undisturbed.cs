using System.Collections.Concurrent;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>What programs say when nobody touches them: each command runs once, without HpcCr.</summary>
internal static class Undisturbed
{
    private static readonly ConcurrentDictionary<string, Task<IReadOnlyList<string>>> Runs = new();

    // So that mpirun starts for root and with more ranks than processors.
    private static readonly Dictionary<string, string?> ForMpi = new()
    {
        ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
        ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
        ["OMPI_MCA_rmaps_base_oversubscribe"] = "1",
        ["OMPI_MCA_mpi_yield_when_idle"] = "1",
        ["OMPI_MCA_hwloc_base_binding_policy"] = "none",
    };

    // In a net namespace of its own: ports of the programs meet nobody's.
    private static readonly string[] OwnNetwork = ["unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"];

    /// <summary>The line <c>final ...</c> of a run of its own.</summary>
    public static async Task<string> FinalLineAsync(params IEnumerable<string> command) =>
        (await LinesAsync(command)).Last(line => line.StartsWith("final ", StringComparison.Ordinal));

    /// <summary>All lines of a run of its own.</summary>
    public static Task<IReadOnlyList<string>> LinesAsync(params IEnumerable<string> command)
    {
        var words = command.ToList();
        return Runs.GetOrAdd(string.Join('\0', words), _ => RunAsync(words));
    }

    private static async Task<IReadOnlyList<string>> RunAsync(List<string> command)
    {
        await using var running = RunningCommand.Start([.. OwnNetwork, .. command], new CommandOptions { Environment = ForMpi, Deadline = TimeSpan.FromMinutes(2) });
        var ended = (await running.EndAsync()).EndsWith(0);
        return ended.Stdout.Split('\n')[..^1];
    }
}
