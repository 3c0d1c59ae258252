using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr plugin test</c>.</summary>
internal sealed class PluginTestCommand : CliCommand
{
    /// <summary>The plugin.</summary>
    [Value(0, MetaName = "PLUGIN", HelpText = "An installed plugin, or the folder of one, each with =CONFIG.json or without.")]
    public string? Plugin { get; set; }

    /// <summary>Where the sample job's folder goes.</summary>
    [Option("ckpt-dir", MetaValue = "DIR", HelpText = "Where the sample job's epochs go, seen by all nodes; else $HPCCR_CKPT_DIR or ~/hpccr. They are removed again.")]
    public string? CheckpointDirectory { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var use = PluginOption.Parse(Need(Plugin, "PLUGIN"));
        var spec = CallerFacts.Spec(JobName.Generate($"plugin{use.Name}"), PluginBench.SampleJob, [], CheckpointDirectory, false) with { Plugins = [use] };
        using var session = await CoordinatorLocator.OpenOrStartAsync(Coordinator, context.Cancelled);
        var bench = new PluginBench(session, spec, (step, text) => context.Out.Line($"{step,-12} {text}"));
        try
        {
            await bench.RunAsync(context.Cancelled);
        }
        finally
        {
            var log = await bench.EndAsync();
            foreach (var line in log) context.Out.Line(line);
            if (Json && bench.IsDone)
                Terminal.Document(new PluginTestDocument(use.Name, bench.Steps, log), CliJson.Default.PluginTestDocument);
        }

        return ExitCodes.Done;
    }
}
