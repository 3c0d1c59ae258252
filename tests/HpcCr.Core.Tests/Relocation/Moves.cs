namespace HpcCr.Core.Tests.Relocation;

/// <summary>A job that is moved about on paper. nodeN has 10.0.0.N and fd00::N.</summary>
internal static class Moves
{
    public static readonly Func<string, IReadOnlyList<string>> Addresses = node => [$"10.0.0.{node[4..]}", $"fd00::{node[4..]}"];

    /// <summary>An epoch of a job on nodes of the names of its sandboxes, made before any move.</summary>
    public static Manifest Epoch(params ManifestNode[] nodes) => new()
    {
        Version = Manifest.CurrentVersion,
        Job = "stencil",
        Epoch = 1,
        Time = DateTimeOffset.UnixEpoch,
        Software = "0.1",
        Engine = "criu",
        Spec = new JobSpec
        {
            Name = "stencil",
            Command = ["x"],
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = "/",
            Uid = 0,
            Gid = 0,
            Nodes = [.. nodes.Select(n => n.Node)],
            CheckpointDirectory = "/ckpt",
        },
        Phases = new PhaseTimings(),
        Nodes = nodes,
    };

    /// <summary>One sandbox and its connections, each <c>local remote</c>.</summary>
    public static ManifestNode Node(string name, params string[] connections) => new()
    {
        Node = name,
        Addresses = Addresses(name),
        Files = [],
        Connections = [.. connections.Select(c => c.Split(' ')).Select(c => new ConnectionRecord { Local = c[0], Remote = c[1], State = "ESTABLISHED", InJob = true })],
    };

    /// <summary>The same with the other ends of its connections outside the job.</summary>
    public static ManifestNode Outside(this ManifestNode node) => node with { Connections = [.. node.Connections.Select(c => c with { InJob = false })] };

    /// <summary>node1 and node2 with a connection between them, over each family.</summary>
    public static Manifest Pair() => Epoch(
        Node("node1", "10.0.0.1:7 10.0.0.2:9", "[fd00::1]:7 [fd00::2]:9"),
        Node("node2", "10.0.0.2:9 10.0.0.1:7", "[fd00::2]:9 [fd00::1]:7"));

    public static RelocationPlan To(this Manifest epoch, params string[] hosts) => RelocationPlan.Make(epoch, hosts, Addresses);

    /// <summary>The epoch that the job makes after a move.</summary>
    public static Manifest Then(this Manifest epoch, params string[] hosts)
    {
        var plan = epoch.To(hosts);
        return epoch with { Spec = plan.Spec, Nodes = [.. epoch.Nodes.Zip(plan.Sandboxes, Moved)] };
    }

    /// <summary>IPv4 only, <c>from>to</c>, sorted.</summary>
    public static string Text(this IEnumerable<AddressChange> changes) =>
        string.Join(' ', changes.Where(c => c.From.Contains('.')).Select(c => $"{c.From[7..]}>{c.To[7..]}").Order(StringComparer.Ordinal));

    private static ManifestNode Moved(ManifestNode node, SandboxRelocation relocation) => node with
    {
        Host = relocation.Place.Node,
        Addresses = Addresses(relocation.Place.Node),
        Connections =
        [
            .. node.Connections.Select(c => relocation.Connections.FirstOrDefault(x => x.OldLocal == c.Local && x.OldRemote == c.Remote) is { } change
                ? c with { Local = change.Local, Remote = change.Remote }
                : c),
        ],
    };
}
