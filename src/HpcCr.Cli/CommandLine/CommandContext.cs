using HpcCr.Cli.Output;

namespace HpcCr.Cli.CommandLine;

/// <summary>What a command works with.</summary>
/// <param name="Out">Where it says things.</param>
/// <param name="Cancelled">Ends what it waits for.</param>
internal sealed record CommandContext(Terminal Out, CancellationToken Cancelled);
