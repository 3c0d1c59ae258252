using System.Text;
using System.Text.Json.Nodes;

namespace HpcCr.Core.Tests.Manifests;

/// <summary>Manifests that were edited at random: each is read, or damaged, and nothing else.</summary>
public sealed class DamagedManifestTests
{
    private const string Where = "/ckpt/stencil/epoch-000012/manifest.json";
    private const int Rounds = 1500;
    private const long MostBytes = 64 << 20;

    [Fact]
    public void Read_OfAManifestWithRandomEdits_IsAManifestThatCanBeWritten_OrDamaged()
    {
        var random = new Random(14);
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var document = JsonNode.Parse(ManifestReader.Write(Sample.Manifest))!;
            for (var edits = random.Next(1, 4); edits > 0; edits--)
                Edit(document, random);
            if (ReadOrDamaged(Encoding.UTF8.GetBytes(document.ToJsonString()), round) is not { } manifest)
                continue;
            read++;
            // What was read is used: it is written again, its epoch is described, its script rendered, its cut proven, its restart planned.
            ManifestReader.Write(manifest);
            RestartScript.Render(manifest);
            CutProof.Of([.. manifest.Nodes]);
            RelocationPlan.Make(manifest, [.. manifest.Nodes.Select(n => n.Host ?? n.Node)], _ => ["10.0.0.9", "fd00::9"]);
            _ = manifest.TotalBytes + manifest.ConnectionEnds;
        }

        Assert.InRange(read, Rounds / 20, Rounds);
    }

    [Fact]
    public void Read_OfBytesThatWereChanged_IsAManifest_OrDamaged()
    {
        var whole = ManifestReader.Write(Sample.Manifest);
        var random = new Random(15);
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = whole.ToArray();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            ReadOrDamaged(random.Next(3) == 0 ? damaged[..random.Next(damaged.Length)] : damaged, round);
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"nodes\":")]
    [InlineData("{\"spec\":{\"environment\":{\"a\":")]
    public void Read_OfEndlessNesting_IsDamaged(string piece) =>
        Assert.Null(ReadOrDamaged(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 200_000))), 0));

    [Theory]
    [InlineData("\"epoch\": 12", "\"epoch\": 1e999")]
    [InlineData("\"epoch\": 12", "\"epoch\": 123456789012345678901234567890")]
    [InlineData("\"epoch\": 12", "\"epoch\": -1")]
    [InlineData("\"epoch\": 12", "\"epoch\": 12.5")]
    [InlineData("\"epoch\": 12", "\"epoch\": 12, \"epoch\": 0")]
    public void Read_OfANumberThatCannotBe_IsDamaged(string right, string wrong) =>
        Assert.Null(ReadOrDamaged(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(ManifestReader.Write(Sample.Manifest)).Replace(right, wrong, StringComparison.Ordinal)), 0));

    [Fact]
    public void Read_OfAPropertyThatIsThereTwice_IsDamaged()
    {
        // The signature is of the bytes; two readers must not see two manifests in them.
        var text = Encoding.UTF8.GetString(ManifestReader.Write(Sample.Manifest));
        Assert.Null(ReadOrDamaged(Encoding.UTF8.GetBytes(text.Replace("\"job\": \"stencil\"", "\"job\": \"stencil\", \"job\": \"stencil\"", StringComparison.Ordinal)), 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((byte)'[')]
    [InlineData((byte)'"')]
    [InlineData((byte)'9')]
    [InlineData(0xff)]
    [InlineData(-1)]
    public void Read_OfSixteenMebibytesOfGarbage_IsDamagedAtOnce(int filling)
    {
        var garbage = new byte[16 << 20];
        if (filling < 0)
            new Random(16).NextBytes(garbage);
        else
            Array.Fill(garbage, (byte)filling);
        Assert.Null(ReadOrDamaged(garbage, 0));
    }

    // Null: damaged.
    private static Manifest? ReadOrDamaged(byte[] bytes, int round)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Manifest? read = null;
        var fault = Record.Exception(() => read = ManifestReader.Read(bytes, Where));
        Assert.True(fault is null or HpcCrException { Kind: FailureKind.Damaged }, $"round {round}: {fault}\n{Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 4000)))}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        return read;
    }

    private static void Edit(JsonNode document, Random random)
    {
        var places = All(document).Where(node => node.Parent is not null).ToList();
        if (places.Count == 0)
            return;
        var place = places[random.Next(places.Count)];
        if (place.Parent is JsonArray array)
        {
            var at = array.IndexOf(place);
            if (random.Next(4) == 0)
                array.RemoveAt(at);
            else if (random.Next(4) == 0)
                array.Insert(at, place.DeepClone());
            else
                array[at] = Value(random, places);
        }
        else if (place.Parent is JsonObject parent)
        {
            var name = place.GetPropertyName();
            if (random.Next(4) == 0)
                parent.Remove(name);
            else
                parent[name] = Value(random, places);
        }
    }

    private static JsonNode? Value(Random random, List<JsonNode> others) => random.Next(12) switch
    {
        0 => null,
        1 => long.MaxValue,
        2 => -1,
        3 => 1e300,
        4 => "",
        5 => "../../etc",
        6 => new string('x', random.Next(100_000)),
        7 => new JsonArray(),
        8 => new JsonObject(),
        9 => "a\0b",
        10 => random.Next(2) == 0,
        _ => others[random.Next(others.Count)].DeepClone(),
    };

    private static IEnumerable<JsonNode> All(JsonNode node) => (node switch
    {
        JsonObject parent => parent.Select(pair => pair.Value),
        JsonArray array => array,
        _ => Enumerable.Empty<JsonNode?>(),
    }).OfType<JsonNode>().SelectMany(All).Prepend(node);
}
