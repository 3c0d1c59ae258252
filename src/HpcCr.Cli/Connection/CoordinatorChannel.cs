using HpcCr.Rpc;

namespace HpcCr.Cli.Connection;

/// <summary>Opens the way to a coordinator.</summary>
internal static class CoordinatorChannel
{
    /// <summary>Opens it; nothing is sent yet.</summary>
    /// <exception cref="HpcCrException">The cluster's key cannot be used (not allowed).</exception>
    public static GrpcChannel To(CoordinatorAddress address) => address switch
    {
        UnixAddress local => GrpcChannel.ForUnixSocket(local.Path),
        TcpAddress remote => GrpcChannel.ForTcp(remote.Host, remote.Port, LoadKey(remote.KeyFile)),
        _ => throw new ArgumentOutOfRangeException(nameof(address)),
    };

    private static ClusterKey LoadKey(string file)
    {
        try
        {
            return ClusterKey.Load(file);
        }
        catch (ClusterKeyException e)
        {
            throw new HpcCrException(FailureKind.NotAllowed, e.Message, $"{CoordinatorAddress.KeyVariable} names the key file.", e);
        }
    }
}
