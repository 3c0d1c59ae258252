using System.Diagnostics;

namespace HpcCr.Linux.Tests;

/// <summary>A network that loses or translates segments, in the calling thread's network namespace.</summary>
internal static class RawNft
{
    /// <summary>Loses every segment to a port; it counts as sent.</summary>
    internal static void DropTo(int port) =>
        Run($"add table inet hole; add chain inet hole c {{ type filter hook input priority 0; }}; add rule inet hole c tcp dport {port} drop");

    /// <summary>As after a restart on other nodes: what a node at its new address connects here seems to come from its old one.</summary>
    internal static void TranslateIncoming(string newAddress, string oldAddress) =>
        Run($"add table inet moved; add chain inet moved c {{ type nat hook input priority 100; }}; add rule inet moved c ip saddr {newAddress} tcp dport != 0 snat ip to {oldAddress}");

    internal static void DropNothing() => Run("delete table inet hole");

    private static void Run(string script)
    {
        using var nft = Process.Start("/usr/sbin/nft", [script]);
        nft.WaitForExit();
        Assert.Equal(0, nft.ExitCode);
    }
}
