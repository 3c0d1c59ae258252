namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>
/// One of the scripts of slurm/examples as a user has it: in a folder with its solver, a stencil of two ranks that computes until it is told to
/// end. Only times and sizes of the script are others.
/// </summary>
/// <param name="Job">The job in the queue.</param>
/// <param name="Family">Whose MPI it is.</param>
/// <param name="Folder">The folder that it was submitted from.</param>
internal sealed record Solver(SlurmJob Job, string Family, string Folder)
{
    private static readonly string[] Size = ["--n", "128", "--every", "10"];

    /// <summary>Submits a script as alice.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="family">Whose MPI.</param>
    /// <param name="example">The script's name.</param>
    /// <param name="changes">What in it is replaced, and by what.</param>
    /// <param name="sbatch">Options of sbatch, which count for more than those of the script.</param>
    public static async Task<Solver> SubmitAsync(SlurmCluster cluster, string family, string example, (string From, string To)[] changes, params string[] sbatch)
    {
        var folder = Directory.CreateDirectory(Path.Combine(cluster.Shared, "alice", $"{family}.{Guid.NewGuid():N}")).FullName;
        var script = File.ReadAllText(Path.Combine(Deployment.Repository, "slurm/examples", example));
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, script, StringComparison.Ordinal);
            script = script.Replace(from, to, StringComparison.Ordinal);
        }

        WriteScript(Path.Combine(folder, example), script);
        WriteScript(Path.Combine(folder, "mpirun"), $"#!/bin/sh\nexec mpirun.{family} \"$@\"\n");
        WriteScript(Path.Combine(folder, "solver"),
            $"#!/bin/sh\nexec {TestPrograms.Mpi("stencil", family)} {string.Join(' ', Size)} --steps 1000000 --pace-us 20000 --until {Over(folder)}\n");
        WriteScript(Path.Combine(folder, "case"), "#!/bin/sh\necho \"$2\"\n");
        var job = await SlurmJob.SubmitAsync(cluster, "alice",
            [$"--chdir={folder}", $"--export=ALL,PATH={folder}:/usr/bin:/bin", "--nodes=2", "--ntasks=2", .. sbatch, Path.Combine(folder, example)]);
        return new Solver(job, family, folder);
    }

    /// <summary>Fails unless it computes on both of its nodes.</summary>
    public async Task<string[]> RunningNodesAsync()
    {
        var nodes = await Job.NodesAsync();
        foreach (var node in nodes)
            (await Job.Cluster.RunAsync(node, "pgrep", "-u", Job.User, "-f", TestPrograms.Mpi("stencil", Family))).EndsWith(0);
        return nodes;
    }

    /// <summary>Has it end, and fails unless its result is that of an undisturbed run, with each line of its output there once.</summary>
    /// <param name="last">The job in its last slot; null: the one that was submitted.</param>
    public async Task AssertRightAsync(SlurmJob? last = null)
    {
        File.WriteAllText(Over(Folder), "");
        await Job.UntilAsync("its result", () => Task.FromResult(Job.Lines is [.., var line] && line.StartsWith("final ", StringComparison.Ordinal)));
        var final = Job.Lines[^1];
        Assert.Equal(await Undisturbed.FinalLineAsync(["mpirun.openmpi", "-n", "2", TestPrograms.Mpi("stencil", "openmpi"), .. Size, "--steps", final.Split(' ')[1]]), final);
        Job.AssertEachLineOnce();
        last ??= Job;
        // MPICH 4.0.2 over TCP may hang in MPI_Finalize, with and without HpcCr: its exit code says nothing.
        if (Family == "mpich")
            await last.CancelAsync();
        else
            await last.AssertCompletedAsync();
    }

    private static string Over(string folder) => Path.Combine(folder, "over");

    private static void WriteScript(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
    }
}
