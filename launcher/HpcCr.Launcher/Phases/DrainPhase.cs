using System.Diagnostics;
using System.Net;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Waits, all nodes frozen, until the kernels have delivered what the job's sockets had in flight.</summary>
internal static class DrainPhase
{
    // Many round trips of a cluster's network. What has not moved for so long waits for a receiver's window, or has arrived beside unread
    // data and is acknowledged late; it stays in its sender's image, and a receiver that has it already drops it when it is sent again.
    private static readonly TimeSpan Stalled = TimeSpan.FromMilliseconds(12);
    private static readonly TimeSpan ResidueStalled = TimeSpan.FromMilliseconds(20);

    public static async Task<Reply> RunAsync(LocalJob job, Drain drain, CancellationToken cancellationToken)
    {
        var epoch = job.Epoch!;
        if (epoch.HeldUp.Count > 0)
            return new Reply { Drained = new Drained { HeldUp = { epoch.HeldUp.Select(thread => $"{thread} on {job.Options.Node}") } } };
        var processes = job.Cgroup.Processes();
        var inodes = JobSockets.InodesOf(processes);
        var began = Stopwatch.GetTimestamp();
        var changed = began;
        var first = JobSockets.Look(inodes, job.Cgroup.Id);
        Acknowledge(processes, first);
        var now = first;
        while (InFlight(now) + now.Orphans.Count + now.Pending.Count > 0)
        {
            var quiet = Stopwatch.GetElapsedTime(changed);
            if (quiet > (Left(now) > 0 ? ResidueStalled : Stalled)
                || Stopwatch.GetElapsedTime(began).TotalMilliseconds > drain.DeadlineMs)
                break;
            await Task.Delay(1, cancellationToken);
            var next = JobSockets.Look(inodes, job.Cgroup.Id);
            if (InFlight(next) != InFlight(now) || Left(next) != Left(now))
                changed = Stopwatch.GetTimestamp();
            now = next;
        }

        var inside = drain.JobAddresses.Select(IPAddress.Parse).ToHashSet();
        var before = first.Connections.ToDictionary(s => s.Inode, s => s.InFlight);
        epoch.Connections = [.. now.Connections.Select(s => Describe(s, before.GetValueOrDefault(s.Inode), inside, epoch.Parked.GetValueOrDefault(s.Cookie)))];
        epoch.Listeners = [.. now.Listeners.Select(s => JobSockets.Text(s.Local)).Distinct()];
        var timeouts = now.Listeners.Where(s => epoch.Parked.ContainsKey(s.Cookie))
            .Select(s => new Core.ListenerTimeout(JobSockets.Text(s.Local), epoch.Parked[s.Cookie].UserTimeoutMs)).ToList();
        epoch.ListenerTimeouts = timeouts.Count > 0 ? timeouts : null;
        epoch.ParkedApart = [.. epoch.Parked.Keys.Except(now.Connections.Concat(now.Listeners).Select(s => s.Cookie))];
        var residue = now.Residue(job.Sandbox).Concat(UnixQueueCheck.Residue(job.Sandbox, processes, inodes)).ToList();
        // With something left it all comes again.
        if (residue.Count == 0)
            residue.AddRange(await PluginSteps.PreDumpAsync(job, epoch, cancellationToken));
        return new Reply
        {
            Drained = new Drained { Connections = { epoch.Connections }, Listeners = { epoch.Listeners }, Residue = { residue }, Others = { now.OthersTowards(inside) } },
        };
    }

    /// <summary>
    /// Measures the queues once more. A node whose own bytes have arrived is drained before its peers are: only behind the barrier of
    /// the lock does nothing come any more.
    /// </summary>
    public static IReadOnlyList<Connection> Measure(IReadOnlyList<Connection> connections)
    {
        if (connections.Count == 0) return [];
        var now = SockDiag.ListTcp().Where(s => s.Inode != 0).ToDictionary(s => s.Inode);
        var there = connections.Where(c => now.ContainsKey(c.Inode)).ToList();
        foreach (var connection in there)
        {
            var socket = now[connection.Inode];
            connection.State = socket.StateName;
            connection.InFlightAfter = socket.InFlight;
            connection.ReceiveQueue = socket.ReceiveQueue;
            connection.SendQueue = socket.SendQueue;
        }

        return there;
    }

    // What has arrived here is in flight for its sender as long as nothing has told it otherwise, also where it has been read already.
    private static void Acknowledge(IReadOnlyList<int> processes, JobSockets sockets)
    {
        var connected = sockets.Connections.Select(s => s.Inode).ToHashSet();
        if (connected.Count == 0)
            return;
        foreach (var pid in processes)
            DelayedAcknowledgements.Send(pid, connected);
    }

    private static long InFlight(JobSockets sockets) => sockets.Connections.Sum(s => (long)s.InFlight);

    private static long Left(JobSockets sockets) => sockets.Pending.Count + sockets.Orphans.Sum(s => 1L + s.SendQueue);

    private static Connection Describe(TcpSocketInfo socket, uint before, HashSet<IPAddress> inside, ParkedTimers? timers)
    {
        var peer = socket.Remote.Address.IsIPv4MappedToIPv6 ? socket.Remote.Address.MapToIPv4() : socket.Remote.Address;
        return new Connection
        {
            Local = JobSockets.Text(socket.Local),
            Remote = JobSockets.Text(socket.Remote),
            State = socket.StateName,
            InJob = IPAddress.IsLoopback(peer) || inside.Contains(peer),
            InFlightBefore = before,
            InFlightAfter = socket.InFlight,
            ReceiveQueue = socket.ReceiveQueue,
            SendQueue = socket.SendQueue,
            Inode = socket.Inode,
            KeepAlive = timers?.KeepAlive ?? false,
            UserTimeoutMs = timers?.UserTimeoutMs ?? 0,
        };
    }
}
