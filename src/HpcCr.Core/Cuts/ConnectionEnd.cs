using System.Net;

namespace HpcCr.Core;

/// <summary>One end of a connection, and where it is.</summary>
/// <param name="Node">The sandbox that has it.</param>
/// <param name="Record">What the epoch holds of it.</param>
public sealed record ConnectionEnd(ManifestNode Node, ConnectionRecord Record)
{
    /// <summary>Node, address and state, for people.</summary>
    public override string ToString() => $"{Node.Node} {Record.Local} ({Record.State})";

    /// <summary>Whether two ends are on one host: several sandboxes may be.</summary>
    internal bool IsOnHostOf(ConnectionEnd other) => IsOnHostOf(other.Node);

    /// <summary>Whether the end is on the host of a sandbox.</summary>
    internal bool IsOnHostOf(ManifestNode other) =>
        ReferenceEquals(Node, other) || (Node.Addresses.Count > 0 && Node.Addresses.ToHashSet().SetEquals(other.Addresses));

    /// <summary>Whether its peer is at an address that every host has.</summary>
    internal bool IsLoopback => IPAddress.IsLoopback(Parse(Record.Remote).Address);

    /// <summary>Whether its peer's address is one of the host's.</summary>
    internal static bool HasAddressOf(ManifestNode node, string end) => node.Addresses.Contains(Parse(end).Address.ToString());

    private static IPEndPoint Parse(string end) => IPEndPoint.Parse(end);
}
