using System.Net.Sockets;
using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Lab;

/// <summary>One command at a time changes the lab. The lock is a name among the kernel's sockets, so it ends with whoever holds it.</summary>
internal static class LabLock
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Takes the lock; disposing gives it back.</summary>
    public static async Task<IDisposable> TakeAsync(LabLayout layout, CancellationToken cancellationToken)
    {
        Socket? held = null;
        var taken = await Poll.UntilAsync(() => (held = TryTake(layout)) is not null, Deadline, cancellationToken);
        return taken
            ? held!
            : throw new HpcCrException(FailureKind.Failed, $"another command has been changing the lab for {Deadline.TotalSeconds} s",
                "Wait for it to end, then try again.");
    }

    private static Socket? TryTake(LabLayout layout)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint($"\0hpccr-lab{layout.Root}"));
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            return null;
        }
    }
}
