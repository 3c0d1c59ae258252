using System.Security.Cryptography;
using HpcCr.Core;

namespace HpcCr.Store.Tests;

/// <summary>A checkpoint directory with one job, gone after the test, and what it takes to put epochs into it.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hpccr-store-").FullName;

    public TestStore() => Directory.CreateDirectory(Job);

    public static SameIdentity Access { get; } = new();

    public string Job => Path.Combine(_root, "it's a job");

    public string this[string name] => Path.Combine(_root, name);

    /// <summary>Puts the images of an epoch in place, as the nodes do before the commit.</summary>
    public Manifest Fill(int epoch, params string[] nodes)
    {
        var partial = Committer().Begin(Job, epoch);
        List<ManifestNode> parts = [];
        foreach (var node in nodes)
        {
            var text = $"memory of {node} in {epoch}";
            Directory.CreateDirectory(Path.Combine(partial, node, "shm"));
            File.WriteAllText(Path.Combine(partial, node, "core-1.img"), text);
            File.WriteAllText(Path.Combine(partial, node, "shm", "a b"), "");
            parts.Add(new ManifestNode
            {
                Node = node,
                Addresses = [],
                Files = [new ImageRecord("core-1.img", text.Length, Sha256(text)), new ImageRecord("shm/a b", 0, Sha256(""))],
            });
        }

        return new Manifest
        {
            Version = Manifest.CurrentVersion,
            Job = "job",
            Epoch = epoch,
            Time = DateTimeOffset.UnixEpoch,
            Software = "0",
            Engine = "criu",
            Phases = new PhaseTimings(),
            Nodes = parts,
            Spec = new JobSpec
            {
                Name = "job",
                Command = ["x"],
                Environment = new Dictionary<string, string>(),
                WorkingDirectory = "/",
                Uid = 0,
                Gid = 0,
                Nodes = nodes,
                CheckpointDirectory = _root,
            },
        };
    }

    public string Commit(int epoch) => Committer().Commit(Job, Fill(epoch, "node1", "node2"));

    public static EpochCommitter Committer(Action<string>? sync = null) => new(Access, sync ?? (_ => { }));

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
