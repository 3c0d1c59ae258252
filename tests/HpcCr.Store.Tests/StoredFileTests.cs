using HpcCr.Core;

namespace HpcCr.Store.Tests;

public sealed class StoredFileTests : IDisposable
{
    private readonly TestStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("same", true)]
    [InlineData("SAME", false)]
    [InlineData("longer than it was", false)]
    [InlineData(null, false)]
    public async Task Contents_ArePutBackWhole_WhateverIsThere(string? now, bool isAsAtCut)
    {
        var (path, epoch, stored) = Prepare("same");
        if (now is not null)
            File.WriteAllText(path, now);
        Assert.Equal(isAsAtCut, stored.IsAsAtCut());

        await stored.PutBackAsync(epoch, "node1", TestContext.Current.CancellationToken);

        Assert.Equal("same", File.ReadAllText(path));
        Assert.True(stored.IsAsAtCut());
    }

    [Fact]
    public async Task Contents_OfZerosMostly_KeepTheirLength()
    {
        var text = "begin" + new string('\0', 3 << 20);
        var (path, epoch, stored) = Prepare(text);

        await stored.PutBackAsync(epoch, "node1", TestContext.Current.CancellationToken);

        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public async Task DamagedContents_AreRefused()
    {
        var (_, epoch, stored) = Prepare("same");
        File.WriteAllText(Path.Combine(epoch, "node1", "contents", "1"), "SAME");

        var failure = await Assert.ThrowsAsync<HpcCrException>(() => stored.PutBackAsync(epoch, "node1", TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.Damaged, failure.Kind);
    }

    private (string Path, string Epoch, StoredFile Stored) Prepare(string text)
    {
        var epoch = _store.Commit(1);
        var path = Path.Combine(_store["work"], "deep", "record");
        Directory.CreateDirectory(Path.Combine(epoch, "node1", "contents"));
        File.WriteAllText(Path.Combine(epoch, "node1", "contents", "1"), text);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var record = new FileRecord(path, text.Length) { Policy = FilePolicy.Rewritten, Stored = "contents/1", Mode = 0b110_000_000 };
        return (path, epoch, new StoredFile(record, new ImageRecord("contents/1", text.Length, TestStore.Sha256(text)), TestStore.Access));
    }
}
