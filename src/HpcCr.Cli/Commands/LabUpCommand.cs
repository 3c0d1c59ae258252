using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Lab;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr lab up</c>.</summary>
internal sealed class LabUpCommand : CliCommand
{
    private const int MostSlots = 1024;
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestFence = TimeSpan.FromHours(1);

    /// <summary>How many nodes.</summary>
    [Value(0, MetaName = "N", HelpText = "How many nodes, 1 to 64.")]
    public string? Nodes { get; set; }

    /// <summary>How many slots each.</summary>
    [Option("slots", MetaValue = "K", Default = 2, HelpText = "How many ranks mpirun places on each node.")]
    public int Slots { get; set; } = 2;

    /// <summary>The lease.</summary>
    [Option("lease", MetaValue = "TIME", HelpText = "How long a job is held without a word from the coordinator, 1s to 15s (default 15s).")]
    public string? Lease { get; set; }

    /// <summary>How long jobs run without the coordinator.</summary>
    [Option("fence-after", MetaValue = "TIME", HelpText = "How long the part of a job on a node runs without a word from the coordinator before it is frozen, at least as long as the lease, to 1h (default 20s).")]
    public string? FenceAfter { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        if (!int.TryParse(Need(Nodes, "N"), out var nodes) || nodes is < 1 or > LabNode.Most)
            throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(Nodes)}' is no number of nodes", $"Give a number from 1 to {LabNode.Most}.");
        if (Slots is < 1 or > MostSlots)
            throw new HpcCrException(FailureKind.Usage, $"{Slots} is no number of slots", $"Give a number from 1 to {MostSlots}.");
        var lease = Lease is null ? null : (TimeSpan?)Duration.Parse("--lease", Lease);
        if (lease is { } length && (length < ShortestLease || length > LongestLease))
            throw new HpcCrException(FailureKind.Usage, $"a lease of {JobName.Printable(Lease)} is not possible", "Give 1s to 15s.");
        var fence = FenceAfter is null ? null : (TimeSpan?)Duration.Parse("--fence-after", FenceAfter);
        if (fence is { } time && (time < (lease ?? LongestLease) || time > LongestFence))
            throw new HpcCrException(FailureKind.Usage, $"to freeze jobs after {JobName.Printable(FenceAfter)} is not possible", "Give at least the lease, and at most 1h.");
        LabAccess.NeedRoot();
        var layout = new LabLayout(RunLayout.Current);
        using var interrupted = new InterruptSource(context.Cancelled);
        var started = new List<string>();
        var state = await LabUp.RunAsync(layout, nodes, Slots, lease, fence, started.Add, interrupted.Token);
        context.Out.Line(started.Count == 0
            ? $"the lab was up: {nodes} nodes, {Slots} slots each"
            : $"the lab is up: {nodes} nodes, {Slots} slots each; started {string.Join(", ", started)}");
        if (Json) Terminal.Document(LabView.Of(layout, state, started), CliJson.Default.LabDocument);
        return ExitCodes.Done;
    }
}
