using System.Net.Sockets;
using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>
/// Connections that plugins have opened in the place of those to programs outside the job. Each lives in a socket of ours until its packets are
/// held back; then its state goes into the images and the socket ends without a word, so that the job goes on under its old descriptor.
/// </summary>
internal sealed class FreshConnections : IDisposable
{
    private readonly RestoreWork _work;
    private readonly List<FreshConnection> _open = [];

    private FreshConnections(RestoreWork work) => _work = work;

    /// <summary>Has all of them opened at once; nothing of the job has been touched.</summary>
    /// <exception cref="HpcCrException">One could not be; those that could are closed again.</exception>
    public static async Task<FreshConnections> OpenAsync(LocalJob job, RestoreWork work, CancellationToken cancellationToken)
    {
        var all = new FreshConnections(work);
        if (!work.Sockets.Reconnected.Any())
            return all;
        try
        {
            var families = InetSocketsImage.Read(work.Images).DistinctBy(s => s.Inode).ToDictionary(s => s.Inode, s => s.Family);
            await Task.WhenAll(work.Sockets.Reconnected.ToList().Select(record => all.OpenAsync(job, record, families[record.Inode], cancellationToken)));
            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    /// <summary>Their packets are held back: writes their state into the copy of the images, and silences them.</summary>
    /// <exception cref="HpcCrException">One has ended meanwhile (failed).</exception>
    public void MoveIntoImages()
    {
        foreach (var fresh in _open)
        {
            try
            {
                fresh.MoveInto(_work.Images);
            }
            catch (LinuxException e)
            {
                throw new HpcCrException(FailureKind.Failed, $"a connection that was opened anew for the job has ended before it was restored: {e.Message}", "Restart it again.", e);
            }
        }

        _open.ForEach(fresh => fresh.IsMoved = true);
    }

    /// <inheritdoc/>
    public void Dispose() => _open.ForEach(fresh => fresh.Dispose());

    private async Task OpenAsync(LocalJob job, ConnectionRecord record, AddressFamily family, CancellationToken cancellationToken)
    {
        var queues = TcpStreamImage.ReadQueues(_work.Images, record.Inode);
        var result = await job.Plugins.ReconnectAsync(record.ReconnectedBy!, new ReconnectEvent
        {
            Connection = new OutsideConnection { Id = record.Inode, Local = record.Local, Remote = record.Remote, Unread = queues.Received.Length, Unsent = queues.Sent.Length },
            Unread = queues.Received.ToArray(),
            Unsent = queues.Sent.ToArray(),
        }, cancellationToken);
        var socket = new OwnConnection(result.Socket);
        // Whatever happens from here on, it is closed.
        lock (_open)
            _open.Add(new FreshConnection(record, socket, result.Unread));
        if (socket.Ends is not { } ends)
            throw Useless(record, job, "is no established TCP connection");
        if (!socket.IsHere)
            throw Useless(record, job, "is of another network namespace");
        if (family == AddressFamily.InterNetwork && ends.Local.AddressFamily == AddressFamily.InterNetworkV6)
            throw Useless(record, job, $"goes over IPv6 ({ends}), and the job's socket is one of IPv4");
        lock (_open)
        {
            if (!_work.Sockets.Replace(record, ends))
                throw Useless(record, job, $"({ends}) is in the place of another one already");
        }
    }

    private static HpcCrException Useless(ConnectionRecord record, LocalJob job, string why) => new(FailureKind.Failed,
        $"what plugin {record.ReconnectedBy} on {job.Options.Node} gave in place of the connection {record.Local} to {record.Remote} {why}; nothing was started",
        "See to the plugin, and restart again.");
}
