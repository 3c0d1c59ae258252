namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Jobs over several nodes.</summary>
internal static class SpreadJob
{
    /// <summary>Starts an MPI program with two ranks on each of the first nodes.</summary>
    public static Task<TestJob> StartMpiAsync(Lab lab, string family, int nodes, string program, params IEnumerable<string> arguments) =>
        StartAsync(lab, nodes, CommandOptions.Default, [], MpiCommand(family, 2 * nodes, program, arguments));

    /// <summary>Starts a command with the first nodes.</summary>
    public static Task<TestJob> StartAsync(Lab lab, int nodes, CommandOptions options, IEnumerable<string> runOptions, IEnumerable<string> command) =>
        TestJob.StartAsync(lab, "spread", ["--nodes", string.Join(',', Enumerable.Range(1, nodes).Select(n => $"node{n}")), .. runOptions], options, command);

    /// <summary>A server on node1 and its client on node2, in one job, without MPI: what mpirun's remote starts use starts the client.</summary>
    public static Task<TestJob> StartPairAsync(Lab lab, string program, string serverArguments, string clientArguments) =>
        StartAsync(lab, 2, CommandOptions.Default, [],
            ["sh", "-c", $"\"$OMPI_MCA_plm_rsh_agent\" node2 {program} client node1 {clientArguments} && exec {program} server {serverArguments}"]);

    /// <summary>The plain command that a user types.</summary>
    public static IEnumerable<string> MpiCommand(string family, int ranks, string program, params IEnumerable<string> arguments) =>
        [$"mpirun.{family}", "-n", $"{ranks}", TestPrograms.Mpi(program, family), .. arguments];

    /// <summary>What an undisturbed run says. MPICH and Open MPI must agree, so one of them is asked.</summary>
    public static Task<string> UndisturbedAsync(int ranks, string program, params IEnumerable<string> arguments) =>
        Undisturbed.FinalLineAsync(MpiCommand("openmpi", ranks, program, arguments));

    /// <summary>
    /// Waits for the result and ends the job. MPICH 4.0.2 over TCP may hang in MPI_Finalize, with and without HpcCr: one rank waits
    /// for a disconnect while the others sit in a barrier that makes no progress. So its exit is not waited for.
    /// </summary>
    public static async Task<string> FinalAsync(this TestJob job)
    {
        await job.WaitForLineAsync("final ", TimeSpan.FromSeconds(120));
        var final = job.FinalLine;
        await job.KillAsync();
        return final;
    }

    /// <summary>Where its parts are, the head first.</summary>
    public static async Task<List<string>> NodesAsync(this TestJob job) =>
        [.. (await job.StatusAsync()).GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("node").GetString()!)];

    /// <summary>How many processes of the job each of its nodes has.</summary>
    public static async Task<List<int>> ProcessesAsync(this TestJob job) =>
        [.. (await job.StatusAsync()).GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("pids").GetArrayLength())];
}
