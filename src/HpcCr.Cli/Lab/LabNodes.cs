using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Lab;

/// <summary>Starts and ends the lab's places: the control place and the nodes.</summary>
internal static class LabNodes
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Starts what is missing of the control place and the nodes, without any daemon.</summary>
    /// <param name="layout">Where.</param>
    /// <param name="state">What there is so far.</param>
    /// <param name="started">Told the name of each place that had to be started.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What there is now; also on disk.</returns>
    public static async Task<LabState> StartNodesAsync(
        LabLayout layout, LabState state, Action<string> started, CancellationToken cancellationToken)
    {
        if (state.Control is not { IsAlive: true } control)
        {
            control = await StartControlAsync(layout, state, cancellationToken);
            state = state with { Control = control };
            LabStateFile.Write(layout, state);
            started("control");
        }

        var missing = state.All().Where(node => state.Init(node) is null).ToList();
        foreach (var node in missing)
        {
            await LabCgroup.RemoveAsync(LabCgroup.Of(state, node), cancellationToken);
            await BeginNodeAsync(layout, state, node, cancellationToken);
        }

        var up = new List<(LabNode Node, ProcessIdentity Init)>();
        foreach (var node in missing)
        {
            var init = await AwaitPidAsync(layout.NodePid(node), layout.NodeLog(node), node.Name, cancellationToken);
            up.Add((node, init));
            File.CreateSymbolicLink(layout.NodeRun(node), $"/proc/{init.Pid}/root{layout.Run.Root}");
            state = state.With(node, init);
            LabStateFile.Write(layout, state);
            started(node.Name);
        }

        if (up.Count > 0) await LabNetwork.ConnectAsync(control, up, cancellationToken);
        return state;
    }

    /// <summary>Ends a node as a power cut would: nothing that it still sends is heard, and then it is gone.</summary>
    public static async Task<LabState> CutPowerAsync(LabLayout layout, LabState state, LabNode node, CancellationToken cancellationToken)
    {
        var control = state.Control is { IsAlive: true } keeper ? keeper : null;
        if (control is not null) await LabNetwork.UnplugAsync(control, node, cancellationToken);
        if (state.Init(node) is { } init) await EndAsync(init, node.Name, cancellationToken);
        await LabCgroup.RemoveAsync(LabCgroup.Of(state, node), cancellationToken);
        if (control is not null) await LabNetwork.RemoveAsync(control, node, cancellationToken);
        state = state.With(node, null);
        LabStateFile.Write(layout, state);
        return state;
    }

    /// <summary>Kills a process and waits until it is gone.</summary>
    public static async Task EndAsync(ProcessIdentity process, string name, CancellationToken cancellationToken)
    {
        process.Kill();
        if (!await process.WaitGoneAsync(EndDeadline, cancellationToken))
            throw new HpcCrException(FailureKind.Failed, $"process {process.Pid} of {name} did not end within {EndDeadline.TotalSeconds} s",
                "A process of it may hang in the kernel; see /proc/PID/stack, then `hpccr lab down` again.");
    }

    private static async Task<ProcessIdentity> StartControlAsync(LabLayout layout, LabState state, CancellationToken cancellationToken)
    {
        File.Delete(layout.ControlPid);
        File.Delete(layout.ControlLog);
        await Tool.RunAsync("starting the lab's control place", Tool.Script("spawn.sh"),
            [layout.ControlLog, LabCgroup.Make(state), "unshare", "--net", Tool.Script("control-init.sh"), layout.ControlPid], "", cancellationToken);
        return await AwaitPidAsync(layout.ControlPid, layout.ControlLog, "the lab's control place", cancellationToken);
    }

    private static async Task BeginNodeAsync(LabLayout layout, LabState state, LabNode node, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(layout.NodeFolder(node));
        foreach (var old in new[] { layout.NodeLog(node), layout.NodePid(node), layout.NodeRun(node) }) File.Delete(old);
        await Tool.RunAsync($"starting {node.Name}", Tool.Script("spawn.sh"),
        [
            layout.NodeLog(node), "",
            "unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--propagation", "slave",
            Tool.Script("node-init.sh"), layout.Run.Root, node.Name, LabCgroup.Make(state, node),
        ], "", cancellationToken);
    }

    private static async Task<ProcessIdentity> AwaitPidAsync(string file, string log, string name, CancellationToken cancellationToken)
    {
        ProcessIdentity? found = null;
        bool IsThere() => File.Exists(file) && int.TryParse(File.ReadAllText(file), out var pid) && (found = ProcessIdentity.Of(pid)) is not null;
        await Poll.UntilAsync(() => IsThere() || HasComplained(log), StartDeadline, cancellationToken);
        // What was said may have been a warning.
        if (await Poll.UntilAsync(IsThere, TimeSpan.FromSeconds(1), cancellationToken)) return found!;
        throw new HpcCrException(FailureKind.Failed, $"{name} did not start: {LastLine(log)}", "`hpccr doctor` shows what this machine lacks.");
    }

    private static bool HasComplained(string log) => File.Exists(log) && new FileInfo(log).Length > 0;

    private static string LastLine(string log) =>
        File.Exists(log) && File.ReadLines(log).LastOrDefault() is { } line ? JobName.Printable(line) : $"no answer within {StartDeadline.TotalSeconds} s";
}
