using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Lab;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr lab status</c>.</summary>
internal sealed class LabStatusCommand : CliCommand
{
    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        var layout = new LabLayout(RunLayout.Current);
        var lab = LabView.Of(layout, LabStateFile.Need(layout), []);
        context.Out.Line($"coordinator {lab.Coordinator}, {lab.CoordinatorAddress}");
        context.Out.Table(["node", "state", "launcher", "address", "pid>"], lab.Nodes.Select(node => (IReadOnlyList<string>)
            [node.Node, node.State, node.Launcher, node.Address, $"{node.Pid}"]));
        if (Json) Terminal.Document(lab, CliJson.Default.LabDocument);
        return Task.FromResult(ExitCodes.Done);
    }
}
