using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>Limits and rules of a server's calls.</summary>
public sealed record GrpcServerOptions
{
    /// <summary>The longest message accepted unless told otherwise, in bytes: 16 MiB.</summary>
    public const int DefaultMaxReceiveMessageSize = GrpcChannelOptions.DefaultMaxReceiveMessageSize;

    /// <summary>The longest message accepted, in bytes; a longer one ends its call with ResourceExhausted.</summary>
    public int MaxReceiveMessageSize { get; init; } = DefaultMaxReceiveMessageSize;

    /// <summary>How long the request of a call that has only one may take to arrive.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Asked before the request of a call is read; what it returns is disposed of at the call's end. A call that it throws for is not served.</summary>
    public Func<ServerCallContext, IDisposable?>? Admit { get; init; }

    /// <summary>The one place that turns a handler's exception into a status; null from it, or no such place, means Unknown without details.</summary>
    public Func<Exception, RpcException?>? MapException { get; init; }

    /// <summary>Ends all calls with Unavailable when it fires, so that endless streams do not hold up the server's end.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>The clock of the deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
