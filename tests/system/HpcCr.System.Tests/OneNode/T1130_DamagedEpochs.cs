using System.Text.Json.Nodes;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1130_DamagedEpochs(OneNodeLab lab) : SystemTest(lab), IAsyncLifetime
{
    private static Task<TestEpoch>? _whole;
    private string _epoch = "";

    private string Manifest => Path.Combine(_epoch, "manifest.json");

    private string Images => Path.Combine(_epoch, "node1");

    public async ValueTask InitializeAsync()
    {
        var whole = await (_whole ??= MakeAsync());
        _epoch = Path.Combine(Lab.NewFolder("damaged"), Path.GetFileName(whole.Path));
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["cp", "-a", whole.Path, _epoch])).EndsWith(0);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task ACopyOfAnEpoch_IsAsGoodAsTheEpoch()
    {
        Assert.True((await Hpccr.JsonAsync("verify", _epoch)).GetProperty("ok").GetBoolean());
        (await Hpccr.RunAsync("restart", _epoch, "--dry-run")).EndsWith(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    public async Task ATruncatedManifest_IsDamage(int bytes)
    {
        await using (var file = File.Open(Manifest, FileMode.Open)) file.SetLength(bytes);
        await AssertManifestRefusedAsync();
    }

    [Theory]
    [InlineData("no json at all")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1,\"job\":null}")]
    public async Task AManifestThatIsNone_IsDamage(string text)
    {
        File.WriteAllText(Manifest, text);
        await AssertManifestRefusedAsync();
    }

    [Theory]
    [InlineData("version", "99")]
    [InlineData("epoch", "7")]
    [InlineData("epoch", "-1")]
    [InlineData("job", "\"../../evil\"")]
    [InlineData("hash", "\"crc\"")]
    [InlineData("nodes", "[]")]
    [InlineData("nodes", "null")]
    [InlineData("spec", "null")]
    public async Task AManifestWithAnImpossibleField_IsDamage(string field, string value)
    {
        var document = JsonNode.Parse(File.ReadAllText(Manifest))!.AsObject();
        Assert.True(document.ContainsKey(field));
        document[field] = JsonNode.Parse(value);
        File.WriteAllText(Manifest, document.ToJsonString());
        await AssertManifestRefusedAsync();
    }

    [Fact]
    public async Task AFileThatLeadsOutOfTheEpoch_IsDamage()
    {
        var document = JsonNode.Parse(File.ReadAllText(Manifest))!;
        document["nodes"]![0]!["files"]![0]!["path"] = "../../../../etc/passwd";
        File.WriteAllText(Manifest, document.ToJsonString());
        await AssertManifestRefusedAsync();
    }

    [Fact]
    public async Task AFlippedBit_IsFound()
    {
        var image = LargestImage();
        await using (var file = File.Open(image, FileMode.Open))
        {
            file.Position = file.Length / 2;
            var before = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(before ^ 0x10));
        }

        await AssertImagesRefusedAsync(image);
    }

    [Fact]
    public async Task AMissingFile_IsFound()
    {
        var image = LargestImage();
        File.Delete(image);
        await AssertImagesRefusedAsync(image);
    }

    [Fact]
    public async Task ATruncatedFile_IsFound()
    {
        var image = LargestImage();
        await using (var file = File.Open(image, FileMode.Open)) file.SetLength(file.Length - 1);
        await AssertImagesRefusedAsync(image);
    }

    [Fact]
    public async Task ALinkInPlaceOfAFile_IsFound()
    {
        var image = LargestImage();
        var elsewhere = Path.Combine(Path.GetDirectoryName(_epoch)!, "elsewhere");
        File.Move(image, elsewhere);
        File.CreateSymbolicLink(image, elsewhere);
        await AssertImagesRefusedAsync(image);
    }

    [Theory]
    [InlineData("node1/extra.img")]
    [InlineData("extra")]
    [InlineData("node2")]
    public async Task AFileThatTheManifestDoesNotName_IsFound(string path)
    {
        var extra = Path.Combine(_epoch, path);
        File.WriteAllText(extra, "more");
        var verified = (await Hpccr.RunAsync("verify", _epoch, "--json")).FailsWith(5, [path]).Json;
        Assert.False(verified.GetProperty("ok").GetBoolean());
        Assert.Contains(path, verified.GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
    }

    private string LargestImage() => Directory.EnumerateFiles(Images, "*", SearchOption.AllDirectories).MaxBy(path => new FileInfo(path).Length)!;

    private async Task AssertManifestRefusedAsync()
    {
        foreach (var command in new[] { "show", "verify", "restart" })
            (await Hpccr.RunAsync(command, _epoch)).FailsWith(5, ["manifest"]);
        await AssertNothingRunsAsync();
    }

    private async Task AssertImagesRefusedAsync(string image)
    {
        var name = Path.GetFileName(image);
        var verified = (await Hpccr.RunAsync("verify", _epoch, "--json")).FailsWith(5, [name]).Json;
        Assert.Single(verified.GetProperty("faults").EnumerateArray());
        (await Hpccr.RunAsync("restart", _epoch)).FailsWith(5, [name]);
        await AssertNothingRunsAsync();
    }

    private async Task<TestEpoch> MakeAsync()
    {
        var job = await TestJob.StartAsync(Lab, "damaged", TestPrograms.Fill, "--mib", "2");
        await job.WaitForLineAsync("ready ");
        return await job.CheckpointAsync(stop: true);
    }

    private async Task AssertNothingRunsAsync()
    {
        var job = Path.GetFileName(Path.GetDirectoryName((await _whole!).Path))!;
        Assert.Equal("Stopped", (await Hpccr.JsonAsync("status", job)).GetProperty("state").GetString());
    }
}
