namespace HpcCr.SystemTests.Infrastructure;

/// <summary>The <c>hpccr</c> command in one run folder and with one default checkpoint directory.</summary>
/// <param name="RunFolder">HPCCR_RUN_DIR.</param>
/// <param name="CheckpointDirectory">HPCCR_CKPT_DIR.</param>
/// <param name="Tag">A variable in the environment of everything that is started, by which leftovers are recognized.</param>
internal sealed record Hpccr(string RunFolder, string CheckpointDirectory, string Tag)
{
    /// <summary>The variable of the tag.</summary>
    public const string TagVariable = "HPCCR_SYSTEM_TEST";

    /// <summary>Runs it to its end.</summary>
    public Task<CommandResult> RunAsync(params IEnumerable<string> arguments) => RunAsync(CommandOptions.Default, arguments);

    /// <summary>Runs it to its end.</summary>
    public async Task<CommandResult> RunAsync(CommandOptions options, params IEnumerable<string> arguments)
    {
        await using var running = Start(options, arguments);
        return await running.EndAsync();
    }

    /// <summary>Runs it to its end and takes its JSON document; fails the test when it fails.</summary>
    public async Task<System.Text.Json.JsonElement> JsonAsync(params IEnumerable<string> arguments) =>
        (await RunAsync(WithJson(arguments))).EndsWith(0).Json;

    /// <summary>Starts it beside the test.</summary>
    public RunningCommand Start(params IEnumerable<string> arguments) => Start(CommandOptions.Default, arguments);

    /// <summary>Starts it beside the test.</summary>
    public RunningCommand Start(CommandOptions options, params IEnumerable<string> arguments) =>
        StartProgram(options, [Deployment.Hpccr, .. arguments]);

    /// <summary>Starts another program (a restart script, say) in the same surroundings.</summary>
    public RunningCommand StartProgram(CommandOptions options, IReadOnlyList<string> command)
    {
        var environment = new Dictionary<string, string?>
        {
            ["HPCCR_RUN_DIR"] = RunFolder,
            ["HPCCR_CKPT_DIR"] = CheckpointDirectory,
            ["HPCCR_COORDINATOR"] = null,
            // Where there is no lab: nothing may be written outside of our folders.
            ["HPCCR_SIGNING_KEY"] = Path.Combine(RunFolder, "signing.key"),
            [TagVariable] = Tag,
        };
        foreach (var (name, value) in options.Environment) environment[name] = value;
        return RunningCommand.Start([.. options.Prefix, .. command],
            options with { Environment = environment, WorkingDirectory = options.WorkingDirectory ?? CheckpointDirectory });
    }

    /// <summary>Runs another program in the same surroundings to its end.</summary>
    public async Task<CommandResult> RunProgramAsync(CommandOptions options, IReadOnlyList<string> command)
    {
        await using var running = StartProgram(options, command);
        return await running.EndAsync();
    }

    // Options end at `--`.
    private static List<string> WithJson(IEnumerable<string> arguments)
    {
        var words = arguments.ToList();
        var end = words.IndexOf("--");
        words.Insert(end < 0 ? words.Count : end, "--json");
        return words;
    }
}
