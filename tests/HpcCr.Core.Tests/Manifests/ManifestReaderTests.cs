using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpcCr.Core.Tests.Manifests;

public sealed class ManifestReaderTests
{
    private const string Where = "/ckpt/stencil/epoch-000012/manifest.json";

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        var written = ManifestReader.Write(Sample.Manifest);

        var read = ManifestReader.Read(written, Where);

        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(ManifestReader.Write(read)));
        Assert.Equivalent(Sample.Manifest, read, strict: true);
        Assert.Equal(200, read.TotalBytes);
        Assert.Equal(2, read.ConnectionEnds);
    }

    [Fact]
    public void Read_OfADocumentWithFieldsOfALaterVersion_LeavesThemOut()
    {
        var document = Document();
        document["colour"] = "green";

        Assert.Equal("stencil", ManifestReader.Read(Bytes(document), Where).Job);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"manifest\"")]
    [InlineData("{\"version\":1")]
    [InlineData("not json")]
    [InlineData("\0\0\0\0")]
    public void Read_OfSomethingElse_IsDamaged(string text) => AssertDamaged(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Read_OfTextThatIsNotUtf8_IsDamaged()
    {
        var text = Encoding.UTF8.GetString(ManifestReader.Write(Sample.Manifest)).Replace("criu 4.2.1", "criu \u00ff\u00fe", StringComparison.Ordinal);
        AssertDamaged(Encoding.Latin1.GetBytes(text));
    }

    [Fact]
    public void Read_OfAnEndlesslyNestedDocument_IsDamaged() =>
        AssertDamaged(Encoding.UTF8.GetBytes(new string('[', 100_000)));

    [Fact]
    public void Read_OfANewerVersion_SaysBothVersions()
    {
        var document = Document();
        document["version"] = 2;

        Assert.Contains("version 2", AssertDamaged(Bytes(document)).Message, StringComparison.Ordinal);
    }

    // One line per kind of fault: where in the document, what stands there, and what the sentence has to say.
    [Theory]
    [InlineData("job", "\"other\"", "job's name")]
    [InlineData("job", "\"../x\"", "job's name")]
    [InlineData("spec.name", "\"../x\"", "job's name")]
    [InlineData("epoch", "0", "epoch number")]
    [InlineData("epoch", "-1", "epoch number")]
    [InlineData("epoch", "1000000", "epoch number")]
    [InlineData("epoch", "99999999999", "line")]
    [InlineData("epoch", "\"12\"", "line")]
    [InlineData("hash", "\"md5\"", "md5")]
    [InlineData("hash", "null", "line")]
    [InlineData("time", "\"yesterday\"", "line")]
    [InlineData("spec", "null", "line")]
    [InlineData("phases", "null", "line")]
    [InlineData("nodes", "null", "line")]
    [InlineData("nodes", "[]", "nodes are not those of the job")]
    [InlineData("nodes.0", "null", "empty entry")]
    [InlineData("nodes.0.node", "\"node3\"", "nodes are not those of the job")]
    [InlineData("nodes.0.addresses.0", "null", "empty entry")]
    [InlineData("nodes.0.files.0", "null", "empty entry")]
    [InlineData("nodes.0.connections.0", "null", "empty entry")]
    [InlineData("nodes.0.listeners.0", "null", "empty entry")]
    [InlineData("nodes.0.jobFiles.0", "null", "empty entry")]
    [InlineData("nodes.0.neededFiles.0", "null", "empty entry")]
    [InlineData("nodes.0.neededFiles.0.path", "\"app\"", "needs")]
    [InlineData("nodes.0.mounts.0", "null", "empty entry")]
    [InlineData("nodes.0.mounts.0.mountPoint", "\"home\"", "needs")]
    [InlineData("nodes.0.listenerTimeouts.0.local", "\"nowhere\"", "connection")]
    [InlineData("nodes.0.machine.processorFlags.0", "null", "empty entry")]
    [InlineData("signatures.0", "null", "empty entry")]
    [InlineData("spec.command", "[]", "command")]
    [InlineData("spec.command.0", "null", "empty entry")]
    [InlineData("spec.command.0", "\"a\\u0000b\"", "character")]
    [InlineData("spec.environment.PATH", "null", "empty entry")]
    [InlineData("spec.environment.PATH", "\"a\\u0000b\"", "character")]
    [InlineData("spec.limits.0", "null", "empty entry")]
    [InlineData("spec.nodes", "[]", "nodes")]
    [InlineData("spec.nodes.0", "null", "empty entry")]
    [InlineData("spec.nodes.0", "\"../n\"", "nodes")]
    [InlineData("spec.nodes.1", "\"node1\"", "nodes")]
    [InlineData("spec.hosts", "null", "line")]
    [InlineData("spec.hosts.0", "null", "empty entry")]
    [InlineData("spec.hosts", "[\"node3\"]", "places")]
    [InlineData("spec.hosts.0", "\"../n\"", "places")]
    [InlineData("spec.pastAddresses.0", "null", "empty entry")]
    [InlineData("spec.pastAddresses.0.ofSandboxes", "null", "line")]
    [InlineData("spec.pastAddresses.0.ofSandboxes.0", "null", "empty entry")]
    [InlineData("spec.pastAddresses.0.ofSandboxes.0.0", "null", "empty entry")]
    [InlineData("spec.pastAddresses.0.ofSandboxes.0.0", "\"node1\"", "earlier address")]
    [InlineData("spec.pastAddresses.0.ofSandboxes", "[[]]", "earlier address")]
    [InlineData("spec.uid", "-1", "line")]
    [InlineData("spec.workingDirectory", "\"home\"", "absolute")]
    [InlineData("spec.workingDirectory", "\"/a\\u0000b\"", "character")]
    [InlineData("spec.checkpointDirectory", "\"../ckpt\"", "absolute")]
    [InlineData("spec.checkpointDirectory", "\"/a\\u0000b\"", "character")]
    [InlineData("nodes.0.files.0.path", "\"\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"../core-1.img\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"a/../../b\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"..\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"./a\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"/etc/passwd\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"a//b\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"a/\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "\"a\\u0000b\"", "described wrongly")]
    [InlineData("nodes.0.files.0.path", "null", "line")]
    [InlineData("nodes.0.files.0.path", "\"shm/a b'c\"", "named twice")]
    [InlineData("nodes.0.files.0.path", "\"shm\"", "file and a folder")]
    [InlineData("nodes.0.files.0.size", "-1", "described wrongly")]
    [InlineData("nodes.0.files.0.size", "9223372036854775807", "larger than")]
    [InlineData("nodes.0.files.0.sha256", "\"\"", "described wrongly")]
    [InlineData("nodes.0.files.0.sha256", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", "described wrongly")]
    [InlineData("nodes.0.connections.0.local", "\"somewhere\"", "connection")]
    [InlineData("nodes.0.connections.0.remote", "\"\"", "connection")]
    [InlineData("nodes.0.listeners.0", "\"*:7000\"", "connection")]
    [InlineData("nodes.0.jobFiles.0.path", "\"out.dat\"", "open file")]
    [InlineData("nodes.0.jobFiles.0.path", "\"/a\\u0000b\"", "open file")]
    [InlineData("nodes.0.jobFiles.0.size", "-1", "open file")]
    public void Read_WithOneFault_IsDamagedAndNamesIt(string path, string value, string expected)
    {
        var document = Document();
        Replace(document, path, value);
        if (path == "nodes.0.files.0.size" && value.Length > 5)
            Replace(document, "nodes.1.files.0.size", value);

        Assert.Contains(expected, AssertDamaged(Bytes(document)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WithoutARequiredField_IsDamaged()
    {
        foreach (var name in (string[])["version", "job", "epoch", "time", "software", "engine", "spec", "phases", "nodes"])
        {
            var document = Document();
            document.Remove(name);
            AssertDamaged(Bytes(document));
        }
    }

    [Theory]
    [InlineData("signatures")]
    [InlineData("spec.limits")]
    [InlineData("nodes.0.connections")]
    [InlineData("nodes.0.listeners")]
    [InlineData("nodes.0.jobFiles")]
    public void Read_WithoutAList_IsDamaged(string path)
    {
        var document = Document();
        var parts = path.Split('.');
        var parent = parts[..^1].Aggregate((JsonNode)document, (node, part) => node is JsonArray array ? array[int.Parse(part)]! : node[part]!);
        parent.AsObject().Remove(parts[^1]);

        Assert.Contains("lacks one", AssertDamaged(Bytes(document)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAnEpochFromBeforeJobsCouldMove_IsWhole()
    {
        var document = Document();
        foreach (var name in (string[])["hosts", "pastAddresses"])
            document["spec"]!.AsObject().Remove(name);

        var spec = ManifestReader.Read(Bytes(document), Where).Spec;

        Assert.Equal([new Place("node1", "node1"), new Place("node2", "node2")], spec.Places);
        Assert.Empty(spec.PastAddresses);
    }

    [Fact]
    public void Read_OfATruncatedManifest_IsDamagedWhereverItWasCut()
    {
        var whole = ManifestReader.Write(Sample.Manifest);
        for (var length = 0; length < whole.Length; length++)
            AssertDamaged(whole[..length]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_OfRandomlyChangedBytes_IsDamagedOrWhole(int seed)
    {
        var random = new Random(seed);
        var whole = ManifestReader.Write(Sample.Manifest);
        for (var round = 0; round < 3000; round++)
            AssertDamagedOrUsable(Mutate(whole, random));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_OfRandomlyChangedValues_IsDamagedOrWhole(int seed)
    {
        // Bytes at random seldom stay JSON; values at random always do, and reach what comes after the parser.
        string[] values = ["null", "\"\"", "\"..\"", "\"/\"", "\"\\u0000\"", "0", "-1", "1e308", "9223372036854775807", "true", "[]", "{}", "[null]", "{\"\":null}"];
        var random = new Random(seed);
        for (var round = 0; round < 1500; round++)
        {
            var document = Document();
            var paths = Paths(document, "").ToArray();
            for (var change = random.Next(1, 3); change > 0; change--)
            {
                var path = random.GetItems(paths, 1)[0];
                if (Paths(document, "").Contains(path))
                    Replace(document, path, random.GetItems(values, 1)[0]);
            }

            AssertDamagedOrUsable(Bytes(document));
        }
    }

    [Fact]
    public void Read_WithAHostileName_PrintsNoControlCharacters()
    {
        var failure = Assert.Throws<HpcCrException>(() => ManifestReader.Read("x"u8, "/ckpt/\u001b[2J\n"));

        Assert.DoesNotContain(failure.Sentence, char.IsControl);
    }

    private static JsonObject Document() => JsonNode.Parse(ManifestReader.Write(Sample.Manifest))!.AsObject();

    private static byte[] Bytes(JsonNode document) => JsonSerializer.SerializeToUtf8Bytes(document);

    private static void Replace(JsonObject document, string path, string json)
    {
        var parts = path.Split('.');
        var parent = parts[..^1].Aggregate((JsonNode)document, (node, part) => node is JsonArray array ? array[int.Parse(part)]! : node[part]!);
        var value = JsonNode.Parse(json);
        if (parent is JsonArray list)
            list[int.Parse(parts[^1])] = value;
        else
            parent[parts[^1]] = value;
    }

    private static IEnumerable<string> Paths(JsonNode? node, string prefix)
    {
        var children = node switch
        {
            JsonObject o => o.Select(p => (p.Key, p.Value)),
            JsonArray a => a.Select((value, i) => (i.ToString(), value)),
            _ => [],
        };
        foreach (var (name, value) in children.ToList())
        {
            yield return prefix + name;
            foreach (var below in Paths(value, prefix + name + "."))
                yield return below;
        }
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            var length = random.Next(1, Math.Min(40, bytes.Count - at) + 1);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, length); break;
                default: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
            }
        }

        return [.. bytes];
    }

    private static void AssertDamagedOrUsable(byte[] bytes)
    {
        Manifest manifest;
        try
        {
            manifest = ManifestReader.Read(bytes, Where);
        }
        catch (HpcCrException e)
        {
            Assert.Equal(FailureKind.Damaged, e.Kind);
            return;
        }

        // What was let through can be counted, written, and rendered without a surprise.
        Assert.True(manifest.TotalBytes >= 0);
        Assert.True(manifest.ConnectionEnds >= 0);
        Assert.NotEmpty(RestartScript.Render(manifest));
        Assert.NotEmpty(ManifestReader.Write(manifest));
        Assert.StartsWith("/", manifest.Spec.Folder, StringComparison.Ordinal);
        Assert.All(manifest.Nodes.SelectMany(n => n.Files), f => Assert.StartsWith("/e/", Path.GetFullPath(Path.Combine("/e/n", f.Path)), StringComparison.Ordinal));
    }

    private static HpcCrException AssertDamaged(byte[] bytes)
    {
        var failure = Assert.Throws<HpcCrException>(() => ManifestReader.Read(bytes, Where));
        Assert.Equal(FailureKind.Damaged, failure.Kind);
        Assert.StartsWith($"the manifest {Where} is damaged: ", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Next);
        return failure;
    }
}
