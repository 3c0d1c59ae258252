namespace HpcCr.Core.Tests.Manifests;

public sealed class FileRecordTests
{
    [Fact]
    public void WhatAllNodesSee_IsPutBackByOne_WhoHasItsContentsIfAnyHas()
    {
        var plain = new FileRecord("/shared/out", 4) { IsShared = true };
        var stored = plain with { Path = "/shared/record", Policy = FilePolicy.Rewritten, Stored = "contents/1" };
        var own = new FileRecord("/local/out", 4);
        var one = Sample.Node("node1") with { JobFiles = [plain, stored with { Policy = FilePolicy.Appended, Stored = null }, own, own with { Path = "/tmp/x", Policy = FilePolicy.NodeLocal }] };
        var two = Sample.Node("node2") with { JobFiles = [plain, stored, own] };
        var manifest = Sample.Manifest with { Nodes = [one, two] };

        Assert.Equal(["/shared/out", "/local/out"], manifest.FilesPutBackBy(one).Select(f => f.Path));
        Assert.Equal(["/shared/record", "/local/out"], manifest.FilesPutBackBy(two).Select(f => f.Path));
    }

    [Fact]
    public void WhatIsAppendedTo_IsWrittenAsInOlderEpochs()
    {
        var manifest = Sample.Manifest with { Nodes = [Sample.Node("node1") with { JobFiles = [new FileRecord("/out", 4)] }, Sample.Node("node2")] };

        Assert.DoesNotContain("\"policy\"", System.Text.Encoding.UTF8.GetString(ManifestReader.Write(manifest)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contents/2", 4, "aa")] // not in the epoch
    [InlineData("contents/1", 5, "aa")] // of another size
    [InlineData(null, 4, "aa")] // nowhere
    [InlineData("contents/1", 4, "zz")] // no hash
    public void ARecordThatContradictsItself_IsDamage(string? stored, long size, string tail)
    {
        var record = new FileRecord("/out", size) { Policy = FilePolicy.Rewritten, Stored = stored, Tail = string.Concat(Enumerable.Repeat(tail, 32)) };
        var manifest = Sample.Manifest with
        {
            Nodes = [Sample.Node("node1") with { Files = [new ImageRecord("contents/1", 4, Sample.Hash)], JobFiles = [record] }, Sample.Node("node2")],
        };

        Assert.Equal(FailureKind.Damaged, Assert.Throws<HpcCrException>(() => ManifestReader.Read(ManifestReader.Write(manifest), "there")).Kind);
    }
}
