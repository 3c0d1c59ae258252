using System.Net;
using System.Text.Json.Serialization;

namespace HpcCr.Core;

/// <summary>Everything that is needed to start a job, and to know it again after a restart.</summary>
public sealed record JobSpec
{
    /// <summary>The longest <see cref="IntervalMilliseconds"/>: 30 days.</summary>
    public const long LongestInterval = 30L * 24 * 3600 * 1000;

    /// <summary>How long an epoch may hold the job, when nothing else is said.</summary>
    public static readonly TimeSpan DefaultMaxPause = TimeSpan.FromSeconds(10);

    /// <summary>The job's name; see <see cref="JobName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The command and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The caller's environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The caller's working directory, absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The caller's file mode creation mask.</summary>
    public int Umask { get; init; } = 0x12;

    /// <summary>The user whom the job belongs to.</summary>
    public required uint Uid { get; init; }

    /// <summary>Which job it is.</summary>
    public JobId Id => new(Uid, Name);

    /// <summary>
    /// Whether its folders and cgroups on nodes are called by user and name (see <see cref="KeyOf"/>). Jobs that versions without this have
    /// started keep their name alone, also after a restart: paths with it are in their environment.
    /// </summary>
    public bool KeyHasUser { get; init; }

    /// <summary>The user's group.</summary>
    public required uint Gid { get; init; }

    /// <summary>The caller's resource limits.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>The nodes that the job was started on, the head node first: there the command runs. They name its sandboxes for good.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>Where the sandbox of each of <see cref="Nodes"/> is now; empty while all are where they were started.</summary>
    public IReadOnlyList<string> Hosts { get; init => field = value ?? []; } = []; // left out by versions that could not move jobs

    /// <summary>The addresses that the sandboxes had before they moved, oldest first: the job goes on using the first of them.</summary>
    public IReadOnlyList<AddressGeneration> PastAddresses { get; init => field = value ?? []; } = [];

    /// <summary>The checkpoint directory, absolute; the job's folder is below it.</summary>
    public required string CheckpointDirectory { get; init; }

    /// <summary>Whether the sandbox hides the host's /tmp behind one of its own.</summary>
    public bool PrivateTmp { get; init; }

    /// <summary>Whether the job's processes ran before it was a job: a tree of them on each node.</summary>
    public bool Attached { get; init; }

    /// <summary>
    /// Which life of the job this is: a later start, restart or arrival of a migration has a higher number, whichever coordinator began it.
    /// 0: begun by a version that did not count them.
    /// </summary>
    public long Incarnation { get; init; }

    /// <summary>How long after the end of an epoch the next one is made by itself, in milliseconds; 0: none is.</summary>
    public long IntervalMilliseconds { get; init; }

    /// <summary>How long an epoch may hold the job that goes on after it, in milliseconds; 0: <see cref="DefaultMaxPause"/>.</summary>
    public long MaxPauseMilliseconds { get; init; }

    /// <summary>How many committed epochs are kept; 0: all.</summary>
    public int Keep { get; init; }

    /// <summary>The Slurm job in whose allocation it runs; 0: none.</summary>
    public uint SlurmJob { get; init; }

    /// <summary>The step of <see cref="SlurmJob"/> in whose cgroups its processes live, where Slurm keeps cgroups.</summary>
    public uint SlurmStep { get; init; }

    /// <summary>How many ranks mpirun places in each of <see cref="Nodes"/> by itself; empty: as many as the launchers say.</summary>
    public IReadOnlyList<uint> Slots { get; init => field = value ?? []; } = [];

    /// <summary>Which files are stored in every epoch though nothing shows that the job writes them: patterns (see <see cref="FilePattern"/>), absolute.</summary>
    public IReadOnlyList<string> Capture { get; init => field = value ?? []; } = []; // left out by versions that could not capture

    /// <summary>Up to which size files that the job has open are stored in every epoch whatever their policy, in bytes; 0: none; null: <see cref="DefaultStoreLimit"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StoreLimit { get; init; }

    /// <summary>The <see cref="StoreLimit"/> of jobs that do not say: 64 MiB.</summary>
    public const long DefaultStoreLimit = 64 << 20;

    /// <summary>What becomes of connections to programs outside the job: rules (see <see cref="OutsideRule"/>), of which the first that fits counts.</summary>
    public IReadOnlyList<string> Outside { get; init => field = value ?? []; } = []; // left out by versions without rules

    /// <summary>What a rule says of connections to a peer; null: none speaks of it.</summary>
    /// <param name="remote">The peer's <c>address:port</c>.</param>
    public OutsidePolicy? PolicyTowards(string remote)
    {
        if (Outside.Count == 0)
            return null;
        var end = IPEndPoint.Parse(remote);
        return Outside.Select(OutsideRule.Parse).FirstOrDefault(rule => rule.Fits(end))?.Policy;
    }

    /// <summary>The plugins that take part in its epochs and restarts, beside those that its nodes have for every job.</summary>
    public IReadOnlyList<PluginUse> Plugins { get; init => field = value ?? []; } = []; // left out by versions without plugins

    /// <summary>The same as a time; null: no epoch is made by itself.</summary>
    public TimeSpan? Interval => IntervalMilliseconds > 0 ? TimeSpan.FromMilliseconds(IntervalMilliseconds) : null;

    /// <summary>How long an epoch may hold the job that goes on after it.</summary>
    public TimeSpan MaxPause => MaxPauseMilliseconds > 0 ? TimeSpan.FromMilliseconds(MaxPauseMilliseconds) : DefaultMaxPause;

    /// <summary>The sandbox in which the command runs.</summary>
    public string Head => Nodes[0];

    /// <summary>Every sandbox and the node that it is on, the head first.</summary>
    public IEnumerable<Place> Places => Nodes.Select((sandbox, index) => new Place(sandbox, Hosts.Count > 0 ? Hosts[index] : sandbox));

    /// <summary>The node that a sandbox is on.</summary>
    public string HostOf(string sandbox) => Places.First(place => place.Sandbox == sandbox).Node;

    /// <summary>
    /// What a sandbox's folder and cgroup on its node are called: user and name of the job, and for further sandboxes of the job on the
    /// same node their number in <see cref="Nodes"/> after it: a name of a node would make paths of sockets too long.
    /// </summary>
    public string KeyOf(string sandbox)
    {
        var node = HostOf(sandbox);
        var (job, further) = KeyHasUser ? (Id.ToString(), $"{Nodes.Index().First(n => n.Item == sandbox).Index}") : (Name, sandbox);
        return Places.First(place => place.Node == node).Sandbox == sandbox ? job : $"{job}{SandboxLayout.KeySeparator}{further}";
    }

    /// <summary>The job's folder: epochs, output, final state.</summary>
    public string Folder => Path.Combine(CheckpointDirectory, Name);
}
