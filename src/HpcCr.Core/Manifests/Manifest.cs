namespace HpcCr.Core;

/// <summary>The one document that says what an epoch holds. It is written last; the rename that follows makes the epoch exist.</summary>
public sealed record Manifest
{
    /// <summary>The version this code writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The manifest's file name in the epoch's folder.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The restart script's file name in the epoch's folder.</summary>
    public const string RestartScriptName = "restart.sh";

    /// <summary>The document's version.</summary>
    public required int Version { get; init; }

    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <summary>The epoch's number, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>When it was committed, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The version of HpcCr that wrote it.</summary>
    public required string Software { get; init; }

    /// <summary>The engine and its version, such as <c>criu 4.2.1</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Names the hash of every file's <c>sha256</c>-like field.</summary>
    public string Hash { get; init; } = "sha256";

    /// <summary>What is needed to start the job's sandboxes again.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>Whether the job ended with this epoch (<c>checkpoint --stop</c>).</summary>
    public bool Stopped { get; init; }

    /// <summary>How long the job stood still, in milliseconds: the longest of its nodes.</summary>
    public double PauseMilliseconds { get; init; }

    /// <summary>How long each phase took.</summary>
    public required PhaseTimings Phases { get; init; }

    /// <summary>How often all nodes were thawed and frozen again because something in flight was in nobody's image.</summary>
    public int Refreezes { get; init; }

    /// <summary>What the proof of the cut said: <see cref="CutVerdict.Consistent"/>; null in epochs of older versions.</summary>
    public string? Cut { get; init; }

    /// <summary>One part per node, in the order of <see cref="JobSpec.Nodes"/>.</summary>
    public required IReadOnlyList<ManifestNode> Nodes { get; init; }

    /// <summary>Signatures over the nodes' parts and the whole (see <see cref="ManifestSigner"/>). Last in the document.</summary>
    public IReadOnlyList<ManifestSignature> Signatures { get; init; } = [];

    /// <summary>The bytes of all files of all nodes.</summary>
    public long TotalBytes => Nodes.Sum(n => n.Files.Sum(f => f.Size));

    /// <summary>
    /// The files that a restart puts back for one of the sandboxes. What several of them have on a file system that all nodes see is put back
    /// by one: the first that has stored it, else the first that has it.
    /// </summary>
    /// <param name="node">The sandbox's part.</param>
    public IEnumerable<FileRecord> FilesPutBackBy(ManifestNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var shared = Nodes.SelectMany(n => n.JobFiles.Where(f => f.IsPutBack && f.IsShared).Select(File => (n.Node, File))).ToLookup(f => f.File.Path);
        return node.JobFiles.Where(f => f.IsPutBack && (!f.IsShared || shared[f.Path].OrderBy(other => other.File.Stored is null).First().Node == node.Node));
    }

    /// <summary>The same, the job's rules about connections to outside being before what plugins had claimed: rules may have come with a restart.</summary>
    public Manifest UnderRules() => Spec.Outside.Count == 0 ? this : this with
    {
        Nodes = [.. Nodes.Select(node => node with { Connections = [.. node.Connections.Select(UnderRules)] })],
    };

    /// <summary>The job's TCP connections, each end counted where it lives.</summary>
    public int ConnectionEnds => Nodes.Sum(n => n.Connections.Count);

    private ConnectionRecord UnderRules(ConnectionRecord connection) =>
        connection.ReconnectedBy is not null && Spec.PolicyTowards(connection.Remote) is not null ? connection with { ReconnectedBy = null } : connection;
}
