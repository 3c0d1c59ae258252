namespace HpcCr.Rpc;

/// <summary>Limits of a client's channel.</summary>
public sealed record GrpcChannelOptions
{
    /// <summary>The longest message accepted from a server unless told otherwise, in bytes: 16 MiB.</summary>
    public const int DefaultMaxReceiveMessageSize = 16 << 20;

    /// <summary>The longest message accepted, in bytes; a longer one ends its call with ResourceExhausted.</summary>
    public int MaxReceiveMessageSize { get; init; } = DefaultMaxReceiveMessageSize;

    /// <summary>How long making a connection may take, handshake included, before calls end with Unavailable.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When to ping the server.</summary>
    public RpcKeepAlive KeepAlive { get; init; } = RpcKeepAlive.Default;

    /// <summary>The clock of the deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
