using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>The job's connections here, as the kernel measured and the engine dumped them.</summary>
internal static class SealedConnections
{
    /// <summary>Reads the images while they are in staging, where only root writes.</summary>
    /// <exception cref="HpcCrException">The engine left bytes out (unsupported), or what it wrote cannot be read (failed).</exception>
    public static IReadOnlyList<ConnectionRecord> Read(string node, EpochWork epoch)
    {
        try
        {
            var connections = ConnectionImages.Describe(epoch.Images, [.. epoch.Connections.Select(ToRecord)]);
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
