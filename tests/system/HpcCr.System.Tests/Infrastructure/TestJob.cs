using System.Globalization;
using System.Text.Json;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A job that a test has started with <c>hpccr run --detach</c>.</summary>
/// <param name="Hpccr">The command it was started with.</param>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Options">How the commands about it are run.</param>
internal sealed record TestJob(Hpccr Hpccr, string Name, string Folder, CommandOptions Options)
{
    /// <summary>What nodes call its first sandbox on each.</summary>
    public string Key => $"{Options.Uid}+{Name}";

    /// <summary>What it has written to standard output.</summary>
    public string Stdout => Read("stdout.log");

    /// <summary>What it has written to standard error.</summary>
    public string Stderr => Read("stderr.log");

    /// <summary>The lines of its standard output that are whole.</summary>
    public IReadOnlyList<string> Lines => Stdout.Split('\n')[..^1];

    /// <summary>The last line that its program wrote, with the checksum.</summary>
    public string FinalLine => Lines.LastOrDefault(line => line.StartsWith("final ", StringComparison.Ordinal)) ?? Missing();

    /// <summary>Starts it in the lab's checkpoint directory.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="stem">The beginning of its name.</param>
    /// <param name="command">The program with its arguments.</param>
    public static Task<TestJob> StartAsync(Lab lab, string stem, params IEnumerable<string> command) => StartAsync(lab, stem, [], CommandOptions.Default, command);

    /// <summary>Starts it with options of <c>hpccr run</c>, such as <c>--nodes node1,node2</c>.</summary>
    public static Task<TestJob> StartAsync(Lab lab, string stem, IReadOnlyList<string> runOptions, CommandOptions options, IEnumerable<string> command) =>
        StartNamedAsync(lab, lab.NewName(stem), runOptions, options, command);

    /// <summary>The same for a job whose name is given.</summary>
    public static async Task<TestJob> StartNamedAsync(
        Lab lab, string name, IReadOnlyList<string> runOptions, CommandOptions options, IEnumerable<string> command)
    {
        var said = (await lab.Hpccr.RunAsync(options, ["run", "--name", name, "--detach", "--json", .. runOptions, "--", .. command])).EndsWith(0);
        Assert.Equal(name, said.Json.GetProperty("job").GetString());
        var job = new TestJob(lab.Hpccr, name, "", options);
        return job with { Folder = (await job.StatusAsync()).GetProperty("folder").GetString()! };
    }

    /// <summary>Waits until a line of its standard output begins like this.</summary>
    public Task WaitForLineAsync(string beginning, TimeSpan? deadline = null) =>
        WaitForLinesAsync($"a line '{beginning}...'", lines => lines.Any(line => line.StartsWith(beginning, StringComparison.Ordinal)), deadline);

    /// <summary>Waits until it has written another line than those so far.</summary>
    public Task WaitForMoreAsync()
    {
        var before = Lines.Count;
        return WaitForLinesAsync($"more than {before} lines", lines => lines.Count > before);
    }

    /// <summary>Waits until its standard output is as wanted.</summary>
    public Task WaitForLinesAsync(string what, Func<IReadOnlyList<string>, bool> condition, TimeSpan? deadline = null) =>
        Await.UntilAsync($"{what} of job {Name}", () => condition(Lines), deadline, Describe);

    /// <summary>Makes an epoch; fails the test when it fails.</summary>
    public async Task<TestEpoch> CheckpointAsync(bool stop = false) =>
        TestEpoch.Of((await RunAsync(["checkpoint", Name, "--json", .. stop ? ["--stop"] : Array.Empty<string>()])).EndsWith(0).Json);

    /// <summary>Kills it.</summary>
    public async Task KillAsync() => (await RunAsync("kill", Name)).EndsWith(0);

    /// <summary>Brings it back from an epoch, or from its newest, and lets it go on by itself.</summary>
    public async Task RestartAsync(TestEpoch? epoch = null, params IEnumerable<string> options) =>
        (await RunAsync(["restart", epoch?.Path ?? Name, "--detach", "--json", .. options])).EndsWith(0);

    /// <summary>Waits for its end; fails unless its exit code is 0.</summary>
    /// <returns>The line with its result.</returns>
    public async Task<string> ResultAsync(TimeSpan? deadline = null)
    {
        var ended = await Hpccr.RunAsync(Options with { Deadline = deadline ?? Options.Deadline }, "wait", Name);
        if (ended.ExitCode != 0) Assert.Fail($"job {Name} ended with {ended.ExitCode}\n{ended}\n{Describe()}");
        return FinalLine;
    }

    /// <summary>Its state, as <c>hpccr status</c> tells it.</summary>
    public async Task<string> StateAsync() => (await StatusAsync()).GetProperty("state").GetString()!;

    /// <summary>All that <c>hpccr status</c> tells.</summary>
    public async Task<JsonElement> StatusAsync() => (await RunAsync("status", Name, "--json")).EndsWith(0).Json;

    /// <summary>Waits for a state.</summary>
    public Task WaitForStateAsync(string state, TimeSpan? deadline = null) =>
        Await.UntilAsync($"job {Name} to be {state}", async () => await StateAsync() == state, deadline, Describe);

    /// <summary>Runs a command as the job's owner.</summary>
    public Task<CommandResult> RunAsync(params IEnumerable<string> arguments) => Hpccr.RunAsync(Options, arguments);

    /// <summary>The beginnings and ends of what it wrote, for messages.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"job {Name} in {Folder}\n--- its stdout\n{Tail(Stdout)}\n--- its stderr\n{Tail(Stderr)}");

    /// <summary>What it has written to a file of its own.</summary>
    public static IReadOnlyList<string> LinesOf(string file) => File.ReadAllText(file).Split('\n')[..^1];

    private static string Tail(string text) => text.Length <= 2000 ? text : $"...{text[^2000..]}";

    private string Missing()
    {
        Assert.Fail($"no final line\n{Describe()}");
        return "";
    }

    private string Read(string file)
    {
        var path = Path.Combine(Folder, file);
        if (!File.Exists(path)) return "";
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new StreamReader(stream).ReadToEnd();
    }
}
