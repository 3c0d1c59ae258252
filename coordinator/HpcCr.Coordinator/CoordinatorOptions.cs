using System.Net;
using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>How a coordinator runs.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>Where the journal is when nothing else is said.</summary>
    public const string DefaultStateDirectory = "/var/lib/hpccr/coordinator";

    /// <summary>Where daemons meet.</summary>
    public RunLayout Run { get; init; } = RunLayout.Current;

    /// <summary>Where the journal is; see <see cref="JournalFile"/>.</summary>
    public string StateDirectory { get; init; } = DefaultStateDirectory;

    /// <summary>Where launchers of other nodes connect to; null: only this node's, over the unix socket.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>The cluster's key file; needed with <see cref="Listen"/>.</summary>
    public string KeyFile { get; init; } = "/etc/hpccr/cluster.pem";

    private const int HeartbeatsPerLease = 15;

    /// <summary>How many heartbeats a launcher may miss.</summary>
    public const int MissedHeartbeats = 5;

    /// <summary>How often coordinator and launchers hear of each other.</summary>
    public TimeSpan Heartbeat => Lease / HeartbeatsPerLease;

    /// <summary>How long a node may be silent before it counts as not connected.</summary>
    public TimeSpan Patience => Heartbeat * (MissedHeartbeats + 1);

    /// <summary>How long a launcher holds a job without a word from the coordinator; guards rely on that it is not longer than 15 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the parts of jobs on a node run without a word from the coordinator before their guards freeze them (docs/adr/0020); null: without
    /// end. Not shorter than <see cref="Lease"/>.
    /// </summary>
    public TimeSpan? FenceAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a node may be unreachable before its jobs count as lost.</summary>
    public TimeSpan NodeGrace => FenceAfter is { } fence && fence < LongestGrace ? fence : LongestGrace;
}
