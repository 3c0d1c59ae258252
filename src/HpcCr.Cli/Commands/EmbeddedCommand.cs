using System.Runtime.InteropServices;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr embedded</c>, which <see cref="EmbeddedStarter"/> starts.</summary>
internal sealed class EmbeddedCommand : CliCommand
{
    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.Cancelled);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            ending.Cancel();
        });
        return await EmbeddedHost.RunAsync(RunLayout.Current, ending.Token);
    }
}
