namespace HpcCr.Core.Tests.Cuts;

/// <summary>Cuts of jobs on node1 (10.0.0.1) and node2 (10.0.0.2), built by hand.</summary>
internal static class Cut
{
    public const string Left = "10.0.0.1:4000";
    public const string Right = "10.0.0.2:5000";

    // The numbers run over while the connection is at it.
    private const uint LeftBegins = uint.MaxValue - 3;
    private const uint RightBegins = uint.MaxValue - 8;

    public static ManifestNode Node(string name, params ConnectionRecord[] ends) =>
        new() { Node = name, Addresses = [name == "node1" ? "10.0.0.1" : "10.0.0.2", "fd00::" + name[^1]], Files = [], Connections = ends };

    public static ConnectionRecord End(string local, string remote, string state = "ESTABLISHED", TcpNumbers? numbers = null) =>
        new() { Local = local, Remote = remote, State = state, InJob = true, Numbers = numbers ?? new TcpNumbers(100, 0, 100, 0, 0) };

    /// <summary>
    /// A connection whose ends are in two states. Each has written seven bytes: three were acknowledged, five sent. A FIN lies behind all
    /// seven, so who has it has all of them, and who knows it acknowledged has them all acknowledged.
    /// </summary>
    public static (ConnectionRecord Left, ConnectionRecord Right) Pair(string left, string right) =>
        (End(Left, Right, left, Numbers(left, right, LeftBegins, RightBegins)) with { ReceiveQueue = GotFin(left) ? 1 : 0 },
            End(Right, Left, right, Numbers(right, left, RightBegins, LeftBegins)) with { ReceiveQueue = GotFin(right) ? 1 : 0 });

    private static TcpNumbers Numbers(string own, string peer, uint begins, uint peerBegins) => new(
        unchecked(peerBegins + (GotFin(own) ? 8u : 5u)), 0,
        unchecked(begins + 7 + (own is "ESTABLISHED" or "CLOSE_WAIT" ? 0u : 1u)),
        own == "FIN_WAIT2" ? 0u : 4u,
        own == "FIN_WAIT2" || GotFin(peer) ? 0u : 2u);

    private static bool GotFin(string state) => state is "CLOSE_WAIT" or "CLOSING" or "LAST_ACK";
}
