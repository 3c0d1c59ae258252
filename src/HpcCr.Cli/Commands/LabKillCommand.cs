using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Lab;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr lab kill</c>.</summary>
internal sealed class LabKillCommand : CliCommand
{
    /// <summary>The node.</summary>
    [Value(0, MetaName = "NODE", HelpText = "The node's name.")]
    public string? Node { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        LabAccess.NeedRoot();
        var layout = new LabLayout(RunLayout.Current);
        LabStateFile.Need(layout);
        using var held = await LabLock.TakeAsync(layout, context.Cancelled);
        var state = LabStateFile.Need(layout);
        var node = LabAccess.Node(state, Need(Node, "NODE"));
        var wasUp = state.Init(node) is not null;
        state = await LabNodes.CutPowerAsync(layout, state, node, context.Cancelled);
        context.Out.Line(wasUp
            ? $"{node.Name} is without power; `hpccr lab up {state.Nodes}` brings it back"
            : $"{node.Name} was without power already");
        if (Json) Terminal.Document(LabView.Of(layout, state, []), CliJson.Default.LabDocument);
        return ExitCodes.Done;
    }
}
