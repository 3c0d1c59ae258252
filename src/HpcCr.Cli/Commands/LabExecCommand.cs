using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Lab;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr lab exec</c>.</summary>
internal sealed class LabExecCommand : CliCommand
{
    /// <summary>The node.</summary>
    [Value(0, MetaName = "NODE", HelpText = "The node's name.")]
    public string? Node { get; set; }

    /// <inheritdoc/>
    public override bool TakesTrailing => true;

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        LabAccess.NeedRoot();
        var layout = new LabLayout(RunLayout.Current);
        var state = LabStateFile.Need(layout);
        var node = LabAccess.Node(state, Need(Node, "NODE"));
        var init = state.Init(node)
            ?? throw new HpcCrException(FailureKind.Failed, $"{node.Name} is down", $"Bring it back with `hpccr lab up {state.Nodes}`.");
        LabEntrance.Become(layout, init, Trailing);
        throw new InvalidOperationException("the process has become another program");
    }
}
