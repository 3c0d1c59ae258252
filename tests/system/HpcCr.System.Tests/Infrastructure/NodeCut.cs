using System.Diagnostics;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A node of a lab whose network drops everything, until it is disposed. Its processes run on.</summary>
internal sealed class NodeCut : IAsyncDisposable
{
    private const string Table = "hpccr_test_cut";
    private readonly int _node;
    private bool _isCut = true;

    private NodeCut(int node) => _node = node;

    /// <summary>Cuts a node off.</summary>
    public static async Task<NodeCut> OffAsync(Lab lab, int node)
    {
        var cut = new NodeCut(await lab.NodePidAsync(node));
        await cut.NftAsync($"add table inet {Table}; add chain inet {Table} in {{ type filter hook input priority -300; }}; "
            + $"add chain inet {Table} out {{ type filter hook output priority -300; }}; add rule inet {Table} in iifname != lo drop; add rule inet {Table} out oifname != lo drop");
        return cut;
    }

    /// <summary>Brings the network back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isCut) return;
        _isCut = false;
        await NftAsync($"delete table inet {Table}");
    }

    private async Task NftAsync(string rules)
    {
        using var nft = Process.Start("nsenter", ["-t", $"{_node}", "-n", "nft", rules]);
        await nft.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, nft.ExitCode);
    }
}
