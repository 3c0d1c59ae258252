using System.Net;
using Microsoft.AspNetCore.Connections;

namespace HpcCr.Rpc;

/// <summary>
/// Connections that have not proven the cluster's key yet: anybody can make them, so they are few, and the oldest make way. Those of one
/// address make way for others of that address first.
/// </summary>
internal sealed class PendingHandshakes
{
    private const int MostOfAddress = 128;
    private const int Most = 1024;
    private readonly Lock _gate = new();
    private readonly LinkedList<Pending> _all = [];
    private readonly Dictionary<IPAddress, int> _byAddress = [];

    /// <summary>Takes a connection in; another one may be closed for it.</summary>
    public Pending Begin(ConnectionContext connection)
    {
        var pending = new Pending(this, connection, (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        Pending? tooMany;
        lock (_gate)
        {
            pending.Node = _all.AddLast(pending);
            _byAddress[pending.Address] = _byAddress.GetValueOrDefault(pending.Address) + 1;
            tooMany = _byAddress[pending.Address] > MostOfAddress ? _all.First(other => other.Address.Equals(pending.Address))
                : _all.Count > Most ? _all.First!.Value : null;
        }

        tooMany?.Close();
        return pending;
    }

    private void End(Pending pending)
    {
        lock (_gate)
        {
            if (pending.Node is not { } node)
                return;
            _all.Remove(node);
            pending.Node = null;
            if (--_byAddress[pending.Address] == 0)
                _byAddress.Remove(pending.Address);
        }
    }

    /// <summary>One of them, until it is disposed of: because of its end, or because it has proven the key.</summary>
    internal sealed class Pending(PendingHandshakes all, ConnectionContext connection, IPAddress address) : IDisposable
    {
        public IPAddress Address { get; } = address;

        public LinkedListNode<Pending>? Node { get; set; }

        public void Close()
        {
            Dispose();
            connection.Abort();
        }

        public void Dispose() => all.End(this);
    }
}
