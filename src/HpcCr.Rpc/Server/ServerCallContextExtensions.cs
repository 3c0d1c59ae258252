using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>What HpcCr's server tells a handler beyond gRPC.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>Who called over a unix socket; null for calls over TCP, whose callers have proven the cluster's key.</summary>
    /// <param name="context">The call.</param>
    /// <remarks>A test's own context answers with what its <see cref="ServerCallContext.UserState"/> holds under <c>typeof(PeerCredentials)</c>.</remarks>
    public static PeerCredentials? GetPeerCredentials(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.UserState.TryGetValue(typeof(PeerCredentials), out var credentials) ? (PeerCredentials)credentials : null;
    }

    /// <summary>The resource limits of the process that called over a unix socket; null when they are not known.</summary>
    /// <param name="context">The call.</param>
    public static PeerLimits? GetPeerLimits(this ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.UserState.TryGetValue(typeof(PeerLimits), out var limits) ? (PeerLimits)limits : null;
    }
}
