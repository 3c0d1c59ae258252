using Grpc.Core;
using HpcCr.Core;
using HpcCr.Rpc;

namespace HpcCr.Protocol;

/// <summary>What users may have of a server at once, so that none keeps the others from being served: connections, and calls under way.</summary>
public sealed class UserShares
{
    private const int MostConnections = 2048;
    private const int MostConnectionsOfUser = 256;
    private const int ConnectionsForRoot = 256;
    private const int MostCalls = 4096;
    private const int MostCallsOfUser = 512;
    private readonly UserQuota _connections = new(MostConnections, MostConnectionsOfUser, ConnectionsForRoot);
    private readonly UserQuota _calls = new(MostCalls, MostCallsOfUser, 0);

    /// <summary>A connection over a unix socket; null when its user has too many.</summary>
    public IDisposable? Connection(PeerCredentials peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return _connections.TryTake(peer.UserId);
    }

    /// <summary>A call; root's, and so those of launchers, are not counted.</summary>
    /// <exception cref="RpcException">Its user has too many (failed).</exception>
    public IDisposable? Call(ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var uid = context.GetPeerCredentials() is { } peer ? peer.UserId : OnBehalfOf.Read(context.RequestHeaders)?.Uid ?? 0;
        if (uid == 0)
            return null;
        return _calls.TryTake(uid) ?? throw new HpcCrException(FailureKind.Failed, $"user {uid} has {MostCallsOfUser} requests under way, or all users together {MostCalls}",
            "Try again when some have been answered.").ToRpcException();
    }
}
