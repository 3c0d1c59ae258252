using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>What one node knows about the epoch under way.</summary>
internal sealed class EpochWork(int epoch, uint leaseMs, string staging)
{
    public int Epoch { get; } = epoch;

    public uint LeaseMs { get; } = leaseMs;

    /// <summary>The root-only folder that the engine dumps into; becomes the node's folder of the epoch.</summary>
    public string Staging { get; } = staging;

    /// <summary>The engine's images, below the staging folder.</summary>
    public string Images => Path.Combine(Staging, ImagesName);

    /// <summary>The archive of the sandbox's private files, below the staging folder; absent when there are none.</summary>
    public string Files => Path.Combine(Staging, FilesName);

    public IReadOnlyList<Connection> Connections { get; set; } = [];

    public IReadOnlyList<string> Listeners { get; set; } = [];

    /// <summary>Timers that the guard has switched off, by the kernel's id of the socket, and timeouts of listeners.</summary>
    public IReadOnlyDictionary<ulong, ParkedTimers> Parked { get; set; } = new Dictionary<ulong, ParkedTimers>();

    /// <summary>Those of <see cref="Parked"/> whose sockets have no connection and do not listen.</summary>
    public IReadOnlyList<ulong> ParkedApart { get; set; } = [];

    public IReadOnlyList<Core.ListenerTimeout>? ListenerTimeouts { get; set; }

    /// <summary>Connections to the outside that plugins see to, by the socket's inode.</summary>
    public IReadOnlyDictionary<uint, PluginClaim> Claims { get; set; } = new Dictionary<uint, PluginClaim>();

    /// <summary>Unix sockets and pipes to the outside, when there are plugins that may replace them.</summary>
    public IReadOnlyList<Plugins.OutsideEnd> OutsideEnds { get; set; } = [];

    /// <summary>Unix sockets and pipes to the outside that plugins will replace.</summary>
    public IReadOnlyList<Core.PluginEnd> PluginEnds { get; set; } = [];

    /// <summary>The processes that were frozen.</summary>
    public IReadOnlyList<int> Pids { get; set; } = [];

    public int Processes => Pids.Count;

    /// <summary>The sandbox's pid 1, as this node numbers it.</summary>
    public int RootPid { get; set; }

    /// <summary>Files of the job at the cut; null before that.</summary>
    public FilesAtCut? JobFiles { get; set; }

    public IReadOnlyList<Core.ProcessorBinding>? ProcessorBindings { get; set; }

    /// <summary>The sandbox's mount table at the cut.</summary>
    public IReadOnlyList<MountInfo> MountsInside { get; set; } = [];

    /// <summary>The host's mount table at the cut.</summary>
    public IReadOnlyList<MountInfo> MountsOutside { get; set; } = [];

    /// <summary>Threads that did not stop at the last freeze, for people.</summary>
    public IReadOnlyList<string> HeldUp { get; set; } = [];

    /// <summary>System calls that threads enter once more when they are restored.</summary>
    public IReadOnlyList<Protocol.V1.Local.InterruptedCall> Calls { get; set; } = [];

    /// <summary>What there is to know of an attached tree; null for a sandbox.</summary>
    public Core.TreeRecord? Tree { get; set; }

    /// <summary>Whether the engine has let go and the job is still stopped, for it is to end with the epoch.</summary>
    public bool IsKeptStopped { get; set; }

    /// <summary>Whether this node's part is in the store, so that the epoch may be committed.</summary>
    public bool IsSealed { get; set; }

    public double PauseMilliseconds { get; set; }

    /// <summary>Name of the images' folder in staging and epoch.</summary>
    public const string ImagesName = "images";

    /// <summary>Name of the archive in staging and epoch.</summary>
    public const string FilesName = "files.tar";
}
