namespace HpcCr.Rpc;

/// <summary>HTTP/2 pings, so that a peer that died without a word (power cut, no FIN) is noticed in seconds.</summary>
public sealed record RpcKeepAlive
{
    /// <summary>What both sides use unless told otherwise.</summary>
    public static readonly RpcKeepAlive Default = new();

    /// <summary>How long a connection may be silent before it is pinged; at least one second.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the answer may take before the connection is closed; at least one second.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(4);
}
