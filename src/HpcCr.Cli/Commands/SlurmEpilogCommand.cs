using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Slurm;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr slurm epilog</c>, which Slurm's Epilog calls as root.</summary>
internal sealed class SlurmEpilogCommand : CliCommand
{
    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        await new NodeHooks(RunLayout.Current, Need(Coordinator, "--coordinator")).EndAsync(context.Cancelled);
        return ExitCodes.Done;
    }
}
