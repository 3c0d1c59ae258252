using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using Tuple = HpcCr.Protocol.V1.Local.Tuple;

namespace HpcCr.Launcher;

/// <summary>
/// Drops the packets that must not reach the job's sockets while the engine reads them. Idle connections inside the job
/// need no lock when the job goes on: both ends are frozen, and their kernels answer each other's keepalive probes.
/// </summary>
internal static class LockPhase
{
    public static async Task<Reply> RunAsync(LocalJob job, bool all, CancellationToken cancellationToken)
    {
        var epoch = job.Epoch!;
        var connections = epoch.Connections.Where(c => all || !c.InJob || c.SendQueue > 0).ToList();
        await LockAsync(job, connections.Select(c => new Tuple { Local = c.Local, Remote = c.Remote }), epoch.Listeners, cancellationToken);
        return new Reply();
    }

    /// <summary>Locks what is named; nothing is done when nothing is.</summary>
    public static async Task LockAsync(LocalJob job, IEnumerable<Tuple> connections, IEnumerable<string> listeners, CancellationToken cancellationToken)
    {
        var request = new LockPackets { Table = job.LockTable, Connections = { connections }, Listeners = { listeners } };
        if (request.Connections.Count + request.Listeners.Count > 0)
            await job.AskAsync(new GuardRequest { Lock = request }, cancellationToken);
    }
}
