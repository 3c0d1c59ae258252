using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Plugins;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>The job's connections here, as the kernel measured and the engine dumped them.</summary>
internal static class SealedConnections
{
    // Of a line of a plugin's protocol, 1 MiB, in base64.
    private const int MostForPlugins = 512 << 10;

    /// <summary>Reads the images while they are in staging, where only root writes.</summary>
    /// <exception cref="HpcCrException">The engine left bytes out (unsupported), or what it wrote cannot be read (failed).</exception>
    public static IReadOnlyList<ConnectionRecord> Read(string node, EpochWork epoch)
    {
        try
        {
            var connections = ConnectionImages.Describe(epoch.Images, [.. epoch.Connections.Select(ToRecord)]).Select(c => AsClaimed(node, epoch, c)).ToList();
            return connections.FirstOrDefault(c => c.MissingBytes > 0) is { } urgent
                ? throw new HpcCrException(FailureKind.Unsupported,
                    $"{node}: the connection {urgent.Local} to {urgent.Remote} has {urgent.MissingBytes} bytes behind TCP urgent data in its receive queue, "
                        + "which no image can hold; the epoch was not committed",
                    "The job runs on. Checkpoint again when the program has read its urgent data.")
                : connections;
        }
        catch (ImageFormatException e)
        {
            throw new HpcCrException(FailureKind.Failed, $"{node}: the engine's image {e.Message}", "The job runs on. Checkpoint again.", e);
        }
    }

    // What has begun to close since it was claimed is for nobody to open again.
    private static ConnectionRecord AsClaimed(string node, EpochWork epoch, ConnectionRecord connection)
    {
        if (!epoch.Claims.TryGetValue(connection.Inode, out var claim))
            return connection;
        if (claim.Policy != ConnectionClaim.Reconnect)
            return connection with { Claimed = claim.Policy == ConnectionClaim.Close ? OutsidePolicy.Close : OutsidePolicy.Keep };
        if (connection.State != "ESTABLISHED")
            return connection with { Claimed = OutsidePolicy.Close };
        if (connection.Numbers is { } numbers && (long)numbers.ReceiveLength + numbers.SendLength is var waiting && waiting > MostForPlugins)
        {
            throw new HpcCrException(FailureKind.Unsupported,
                $"{node}: {waiting >> 10} KiB wait in the connection {connection.Local} to {connection.Remote}, and a plugin ({claim.Plugin}) can be handed {MostForPlugins >> 10} KiB; the epoch was not committed",
                "The job runs on. Checkpoint again when it has read them.");
        }

        return connection with { ReconnectedBy = claim.Plugin };
    }

    private static ConnectionRecord ToRecord(Connection c) => new()
    {
        Local = c.Local,
        Remote = c.Remote,
        State = c.State,
        InJob = c.InJob,
        InFlightBefore = (long)c.InFlightBefore,
        InFlightAfter = (long)c.InFlightAfter,
        ReceiveQueue = (long)c.ReceiveQueue,
        SendQueue = (long)c.SendQueue,
        Inode = c.Inode,
        KeepAlive = c.KeepAlive,
        UserTimeoutMilliseconds = c.UserTimeoutMs,
    };
}
