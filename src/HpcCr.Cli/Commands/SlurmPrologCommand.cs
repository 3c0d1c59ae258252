using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Slurm;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr slurm prolog</c>, which Slurm's Prolog calls as root.</summary>
internal sealed class SlurmPrologCommand : CliCommand
{
    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        await new NodeHooks(RunLayout.Current, Need(Coordinator, "--coordinator")).AdmitAsync(context.Cancelled);
        return ExitCodes.Done;
    }
}
