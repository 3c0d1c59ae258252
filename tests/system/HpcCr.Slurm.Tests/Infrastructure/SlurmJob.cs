using System.Globalization;
using System.Text.RegularExpressions;

namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>A job in the queue.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="User">Its user.</param>
/// <param name="Id">Its number.</param>
internal sealed partial record SlurmJob(SlurmCluster Cluster, string User, string Id)
{
    /// <summary>How long a test waits for what depends on Slurm's scheduler as well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>The name that HpcCr gives it.</summary>
    public string Name => $"slurm-{Id}";

    /// <summary>Its folder in the store.</summary>
    public string Folder => Path.Combine(Cluster.Shared, User, "hpccr", Name);

    /// <summary>What the batch script has said, and all that the job has.</summary>
    public string Output => Read(Path.Combine(Cluster.Shared, User, $"slurm-{Id}.out"));

    /// <summary>The lines that the job has written, as its folder has them.</summary>
    public IReadOnlyList<string> Lines => Read(Path.Combine(Folder, "stdout.log")).Split('\n')[..^1];

    /// <summary>Submits <c>hpccr slurm run</c>.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">As whom.</param>
    /// <param name="sbatch">Options of sbatch.</param>
    /// <param name="run">Options of hpccr slurm run.</param>
    /// <param name="command">The job's command.</param>
    public static Task<SlurmJob> SubmitAsync(SlurmCluster cluster, string user, IReadOnlyList<string> sbatch, IReadOnlyList<string> run, IReadOnlyList<string> command) =>
        SubmitAsync(cluster, user, [.. sbatch, Path.Combine(cluster.Shared, "batch.sh"), .. run, "--", .. command]);

    /// <summary>Submits a job that needs all of some nodes and is preferred to all others.</summary>
    public static Task<SlurmJob> SubmitRivalAsync(SlurmCluster cluster, params IReadOnlyList<string> nodes) =>
        SubmitAsync(cluster, "bob", ["--partition=high", $"--nodes={nodes.Count}", $"--nodelist={string.Join(',', nodes)}", "--exclusive", "--wrap=sleep 300"]);

    /// <summary>What scontrol says of it: <c>JobState</c>, <c>NodeList</c>, <c>Restarts</c>, ...</summary>
    public async Task<string> FactAsync(string name)
    {
        var said = (await Cluster.RunAsync("ctl", "scontrol", "-o", "show", "job", Id)).EndsWith(0).Stdout.Split('\n')[0];
        return Regex.Match(said, $@"(?:^| ){name}=(.*?)(?= \S+=|\s*$)").Groups[1].Value.TrimEnd();
    }

    /// <summary>The nodes that it has.</summary>
    public async Task<string[]> NodesAsync() =>
        (await Cluster.RunAsync("ctl", "scontrol", "show", "hostnames", await FactAsync("NodeList"))).EndsWith(0).Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Waits for a state.</summary>
    public Task WaitForStateAsync(string state) => UntilAsync($"{state}", async () => await FactAsync("JobState") == state);

    /// <summary>Waits until its program has written something.</summary>
    public Task WaitForLinesAsync(int count = 1) => UntilAsync($"{count} lines", () => Task.FromResult(Lines.Count >= count));

    /// <summary>The number of its newest committed epoch; 0 when there is none.</summary>
    public int NewestEpoch => Directory.Exists(Folder)
        ? Directory.EnumerateDirectories(Folder, "epoch-*").Select(path => EpochNumber().Match(Path.GetFileName(path)))
            .Select(found => found.Success ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0).DefaultIfEmpty().Max()
        : 0;

    /// <summary>Waits until it has committed an epoch.</summary>
    public Task WaitForEpochAsync(int number = 1) => UntilAsync($"epoch {number}", () => Task.FromResult(NewestEpoch >= number));

    /// <summary>Waits until the batch script has said something.</summary>
    public Task WaitForOutputAsync(string text) => UntilAsync($"'{text}'", () => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)));

    /// <summary>Waits until it is in the queue again.</summary>
    public Task WaitForRequeueAsync(int restarts = 1) =>
        UntilAsync("requeued", async () => int.Parse(await FactAsync("Restarts"), CultureInfo.InvariantCulture) >= restarts && await FactAsync("JobState") is not "COMPLETING");

    /// <summary>Waits until it is in the queue again, and spares it the two minutes that Slurm has requeued jobs wait.</summary>
    public async Task LetItBeginAgainAsync(int restarts = 1)
    {
        await WaitForRequeueAsync(restarts);
        // A job that lost its node does not wait.
        if (await FactAsync("JobState") != "PENDING") return;
        // Slurm refuses a job whose former run has ended in the very same second.
        (await Cluster.RunAsync("ctl", "scontrol", "update", $"jobid={Id}", "starttime=now+2")).EndsWith(0);
    }

    /// <summary>Sends SIGUSR1 to its batch script, as Slurm does ahead of an end.</summary>
    public async Task WarnAsync() => (await Cluster.RunAsAsync(User, "ctl", "scancel", "--batch", "--signal=USR1", Id)).EndsWith(0);

    /// <summary>Takes it out of the queue.</summary>
    public async Task CancelAsync() => (await Cluster.RunAsAsync(User, "ctl", "scancel", Id)).EndsWith(0);

    /// <summary>Waits for its end, and fails unless its exit code is 0 and each line of its output is there once.</summary>
    public async Task AssertResultAsync(string finalLine)
    {
        await AssertCompletedAsync();
        await UntilAsync(finalLine, () => Task.FromResult(Lines is [.., var last] && last == finalLine));
        AssertEachLineOnce();
    }

    /// <summary>Waits for its end, and fails unless its exit code is 0.</summary>
    public async Task AssertCompletedAsync()
    {
        await UntilAsync("COMPLETED", async () => await FactAsync("JobState") is "COMPLETED" or "FAILED" or "CANCELLED" or "TIMEOUT" or "NODE_FAIL");
        Assert.True(await FactAsync("JobState") == "COMPLETED", Describe());
    }

    /// <summary>Fails unless the steps that it has written follow each other, and a last line them.</summary>
    public void AssertEachLineOnce()
    {
        var steps = Lines.SkipLast(1).Select(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(1, steps.Count).Select(n => n * steps[0]), steps);
    }

    /// <summary>What is known of it, for messages.</summary>
    public string Describe() => $"Slurm job {Id} of {User}:\n{Output}\n--- its stdout.log\n{string.Join('\n', Lines.TakeLast(5))}";

    /// <summary>Submits anything.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">As whom.</param>
    /// <param name="words">Options of sbatch and the script.</param>
    public static async Task<SlurmJob> SubmitAsync(SlurmCluster cluster, string user, IReadOnlyList<string> words)
    {
        var output = words.Any(word => word.StartsWith("--array", StringComparison.Ordinal)) ? "slurm-%A_%a.out" : "slurm-%j.out";
        var said = (await cluster.RunAsAsync(user, "ctl", ["env", "OMPI_MCA_mpi_yield_when_idle=1", "OMPI_MCA_hwloc_base_binding_policy=none",
            $"SBATCH_OUTPUT={Path.Combine(cluster.Shared, user, output)}", "sbatch", "--parsable", "--open-mode=append", .. words])).EndsWith(0);
        return new SlurmJob(cluster, user, said.Stdout.Trim());
    }

    /// <summary>Waits as long as what depends on Slurm's scheduler may take.</summary>
    public Task UntilAsync(string what, Func<Task<bool>> condition) => Await.UntilAsync($"{what} of Slurm job {Id}", condition, Patience, Describe);

    private static string Read(string path)
    {
        if (!File.Exists(path)) return "";
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new StreamReader(stream).ReadToEnd();
    }

    [GeneratedRegex(@"\Aepoch-([0-9]{6})\z")]
    private static partial Regex EpochNumber();
}
