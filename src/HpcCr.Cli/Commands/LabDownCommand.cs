using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Lab;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr lab down</c>.</summary>
internal sealed class LabDownCommand : CliCommand
{
    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        LabAccess.NeedRoot();
        var wasUp = await LabDown.RunAsync(new LabLayout(RunLayout.Current), context.Cancelled);
        context.Out.Line(wasUp ? "the lab is down" : "no lab was up");
        if (Json) Terminal.Document(new LabDownDocument(false, wasUp), CliJson.Default.LabDownDocument);
        return ExitCodes.Done;
    }
}
