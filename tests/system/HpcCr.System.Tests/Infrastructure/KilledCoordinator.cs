using System.Text.RegularExpressions;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Kills a lab's coordinator and starts the next one.</summary>
internal static partial class KilledCoordinator
{
    /// <summary>Holds a step on a node, runs a command up to that, kills the coordinator there, lets go, and starts the next one.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="node">The node that holds.</param>
    /// <param name="step">The step, as the launcher calls it.</param>
    /// <param name="phase">What the command says when it is there.</param>
    /// <param name="command">The command.</param>
    /// <returns>How the command ended.</returns>
    public static async Task<CommandResult> InTheMiddleOfAsync(Lab lab, int node, string step, string phase, params IEnumerable<string> command)
    {
        lab.SetFaults(node, $"{step} hang");
        await using var running = lab.Hpccr.Start(command);
        await Await.UntilAsync($"'{phase}' of {string.Join(' ', command)}", () => running.Stderr.Contains($"hpccr: {phase}", StringComparison.Ordinal), null, () => running.Stderr);
        Daemon.Signal(Daemon.Coordinator(lab), "KILL");
        lab.SetFaults(node);
        var ended = await running.EndAsync();
        await NextAsync(lab);
        return ended;
    }

    /// <summary>Starts what does not run of the lab's daemons, and waits until all nodes are connected.</summary>
    public static async Task NextAsync(Lab lab)
    {
        (await lab.Hpccr.RunAsync("lab", "up", $"{lab.Nodes}")).EndsWith(0);
        await Await.UntilAsync("all nodes connected", async () => (await lab.Hpccr.JsonAsync("status")).GetProperty("nodes").EnumerateArray()
            .Count(n => n.GetProperty("state").GetString() == "connected") == lab.Nodes);
    }

    /// <summary>Waits until a job is in one of these states.</summary>
    /// <returns>The state.</returns>
    public static async Task<string> SettledAsync(TestJob job, params string[] states)
    {
        var state = "";
        await Await.UntilAsync($"job {job.Name} to be {string.Join(" or ", states)}", async () => Array.IndexOf(states, state = await job.StateAsync()) >= 0, TimeSpan.FromSeconds(60), () => $"it is {state}\n{job.Describe()}");
        return state;
    }

    /// <summary>What the coordinators of a lab have logged.</summary>
    public static string Log(Lab lab) => File.ReadAllText(Path.Combine(lab.RunFolder, "lab", "control", "coordinator.log"));

    /// <summary>The state that the last epoch in a log was in; empty when there is none.</summary>
    public static string LastState(string log) => Moves().Matches(log) is { Count: > 0 } moves ? moves[^1].Groups[1].Value : "";

    [GeneratedRegex(@" epoch \d+: \w+: \w+->(\w+) ")]
    private static partial Regex Moves();
}
