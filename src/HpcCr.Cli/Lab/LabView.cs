using HpcCr.Cli.Connection;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Lab;

/// <summary>The lab as the command line shows it.</summary>
internal static class LabView
{
    /// <summary>The document.</summary>
    /// <param name="layout">Where.</param>
    /// <param name="state">What there is.</param>
    /// <param name="started">What the command had to start.</param>
    public static LabDocument Of(LabLayout layout, LabState state, IReadOnlyList<string> started) => new(
        true, Word(LabDaemons.FindCoordinator(layout)), new UnixAddress(layout.Run.CoordinatorSocket).ToString(),
        [.. state.All().Select(node => Of(state, node))], started, layout.Root);

    private static LabNodeDocument Of(LabState state, LabNode node)
    {
        var init = state.Init(node);
        return new LabNodeDocument(node.Name, init is null ? "down" : "up", Word(LabDaemons.FindLauncher(state, node)), node.Address, init?.Pid, state.Slots);
    }

    private static string Word(object? process) => process is null ? "not running" : "running";
}
