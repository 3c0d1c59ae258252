using System.Net;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// The packet lock of the job on this node. Its table is made before the freeze and removed after the thaw, because the
/// kernel takes 15 to 20 ms for each; only filling and opening it fall into the pause.
/// </summary>
internal sealed class JobLock
{
    private string? _table;

    /// <summary>Whether there is a table, filled or not.</summary>
    public bool Exists => _table is not null;

    /// <summary>Whether packets are held back.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>What is held back.</summary>
    public LockSpec Held { get; private set; } = new();

    /// <summary>Makes an empty table; nothing is held back yet.</summary>
    public void Prepare(string table)
    {
        _table = table;
        PacketLock.Prepare(table);
    }

    /// <summary>Holds packets back from here on.</summary>
    public void Take(LockPackets request)
    {
        var spec = new LockSpec
        {
            Connections = [.. request.Connections.Select(c => new TcpTuple(IPEndPoint.Parse(c.Local), IPEndPoint.Parse(c.Remote)))],
            Listeners = [.. request.Listeners.Select(IPEndPoint.Parse)],
        };
        var isPrepared = _table == request.Table && !IsHeld;
        _table = request.Table;
        IsHeld = true;
        Held = spec;
        if (isPrepared)
            PacketLock.Fill(request.Table, spec);
        else
            PacketLock.Apply(request.Table, spec);
    }

    /// <summary>Lets packets pass again; the table stays until <see cref="Remove"/>.</summary>
    public void Open()
    {
        if (IsHeld)
            PacketLock.Open(_table!);
    }

    /// <summary>Removes the table; nothing happens when there is none.</summary>
    public void Remove()
    {
        if (_table is null)
            return;
        PacketLock.Remove(_table);
        _table = null;
        IsHeld = false;
        Held = new LockSpec();
    }
}
