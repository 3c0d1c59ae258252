using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Lab;

/// <summary>The cables between the lab's bridge and its nodes.</summary>
internal static class LabNetwork
{
    /// <summary>Connects nodes to the bridge, each with its addresses.</summary>
    /// <param name="control">The keeper of the control place.</param>
    /// <param name="nodes">The nodes and their first processes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task ConnectAsync(
        ProcessIdentity control, IReadOnlyList<(LabNode Node, ProcessIdentity Init)> nodes, CancellationToken cancellationToken)
    {
        foreach (var (node, _) in nodes) await CutAsync(control, node, "del", cancellationToken);
        var cables = nodes.SelectMany(n => new[]
        {
            $"link add {n.Node.Cable} type veth peer name eth0 address {n.Node.HardwareAddress} netns {n.Init.Pid}",
            $"link set {n.Node.Cable} master br0 up",
        });
        await BatchAsync(control, cables, "joining the nodes to the lab's bridge", cancellationToken);

        var hasV6 = Directory.Exists("/proc/sys/net/ipv6");
        foreach (var (node, init) in nodes)
        {
            List<string> addresses = [$"addr add {node.Address}/24 dev eth0", "link set eth0 up"];
            if (hasV6) addresses.Insert(0, $"addr add {node.AddressV6}/64 dev eth0 nodad");
            await BatchAsync(init, addresses, $"giving {node.Name} its address", cancellationToken);
        }
    }

    /// <summary>Takes a node's cable out at the bridge's end, so that nothing of what the node still says is heard.</summary>
    public static Task UnplugAsync(ProcessIdentity control, LabNode node, CancellationToken cancellationToken) =>
        CutAsync(control, node, "down", cancellationToken);

    /// <summary>Removes a node's cable.</summary>
    public static Task RemoveAsync(ProcessIdentity control, LabNode node, CancellationToken cancellationToken) =>
        CutAsync(control, node, "del", cancellationToken);

    // A cable that is not there is as good as one that is cut.
    private static async Task CutAsync(ProcessIdentity control, LabNode node, string how, CancellationToken cancellationToken) =>
        await Tool.TryRunAsync("nsenter", ["-t", $"{control.Pid}", "-n", "ip", "link", .. how == "del" ? ["del", node.Cable] : new[] { "set", node.Cable, how }],
            "", cancellationToken);

    private static Task BatchAsync(ProcessIdentity place, IEnumerable<string> lines, string doing, CancellationToken cancellationToken) =>
        Tool.RunAsync(doing, "nsenter", ["-t", $"{place.Pid}", "-n", "ip", "-batch", "-"], string.Join('\n', lines) + "\n", cancellationToken);
}
