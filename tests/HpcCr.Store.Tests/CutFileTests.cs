using HpcCr.Core;

namespace HpcCr.Store.Tests;

/// <summary>A file that a job appends to, through restarts from older and newer epochs.</summary>
public sealed class CutFileTests : IDisposable
{
    private readonly TestStore _store = new();
    private readonly string _path;

    public CutFileTests() => File.WriteAllText(_path = _store["out"], "");

    public void Dispose() => _store.Dispose();

    [Fact]
    public void OlderThenNewerThenOlder_EachIsAsAtItsCut()
    {
        var first = Epoch(1, "one ");
        var second = Epoch(2, "two ");
        Write("lost ");
        Restart(1, first);
        Assert.Equal("one ", Text);
        Write("other branch, longer than the first ");
        var third = Epoch(3, "three ");
        Write("lost too ");

        Restart(2, second);
        Assert.Equal("one two ", Text);
        Write("x");
        Restart(3, third);
        Assert.Equal("one other branch, longer than the first three ", Text);
        Restart(1, first);
        Restart(2, second);
        Assert.Equal("one two ", Text);
        Restart(3, third);
        Assert.Equal("one other branch, longer than the first three ", Text);
    }

    [Fact]
    public void ManyRandomBranches_EachEpochComesBackAsItWas()
    {
        var random = new Random(4711);
        List<(int Number, FileRecord Record, string Text)> epochs = [];
        for (var step = 1; step <= 60; step++)
        {
            // Few letters, so that ends of branches look alike.
            Write(new string((char)('a' + random.Next(2)), random.Next(4)));
            epochs.Add((step, Epoch(step, ""), Text));
            Write(new string('b', random.Next(3)));
            var (number, record, text) = epochs[random.Next(epochs.Count)];
            if (random.Next(2) == 0)
                continue;
            Restart(number, record);
            Assert.Equal(text, Text);
        }
    }

    [Fact]
    public void AKillInTheMiddle_IsFollowedByARestartThatComesOutRight()
    {
        var first = Epoch(1, "one ");
        var second = Epoch(2, "two and more ");
        Restart(1, first);
        Write("branch ");
        // Set aside, and then cut off after some bytes.
        var found = Look(2, second);
        SetAside(found, 2);
        File.WriteAllText(_path, "one two an");

        Restart(2, second);

        Assert.Equal("one two and more ", Text);
        Restart(1, first);
        Assert.Equal("one ", Text);
    }

    [Fact]
    public void BytesThatNobodyHas_AreAFault()
    {
        var record = Epoch(1, "one ");
        File.WriteAllText(_path, "on");
        Assert.Contains("has 2 bytes, fewer than the 4 at the cut", Look(1, record).Fault, StringComparison.Ordinal);
        File.WriteAllText(_path, "ONE and more");
        Assert.Contains("does not have the bytes before the cut any more", Look(1, record).Fault, StringComparison.Ordinal);
        File.Delete(_path);
        Assert.Contains("is gone", Look(1, record).Fault, StringComparison.Ordinal);
        Directory.CreateDirectory(_path);
        Assert.Contains("is no file", Look(1, record).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsGone_ComesBackFromWhatWasSetAside()
    {
        var empty = Epoch(1, "") with { Mode = 0b110_100_000 };
        var second = Epoch(2, "two ");
        Restart(1, empty);
        File.Delete(_path);

        Restart(2, second with { Mode = 0b110_100_000 });

        Assert.Equal("two ", Text);
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void WhatIsAsAtTheCut_IsLeftAlone()
    {
        var record = Epoch(1, "one ");
        Assert.True(Look(1, record).IsAsAtCut);
        Assert.True(Look(1, record with { Tail = null }).IsAsAtCut);
        Write("more");
        Assert.False(Look(1, record).IsAsAtCut);
    }

    [Fact]
    public void DamagedRecords_CountAsNotThere()
    {
        var first = Epoch(1, "one ");
        var second = Epoch(2, "two ");
        Restart(1, first);
        var json = Directory.GetFiles(Path.Combine(_store.Job, EpochName.Of(1), JobFolder.WrittenAfter), "*.json")[0];
        var good = File.ReadAllText(json);
        foreach (var bad in new[] { "", "[]", "null", good[..^3], good.Replace("\"length\": 4", "\"length\": 400", StringComparison.Ordinal) })
        {
            File.WriteAllText(json, bad);
            Assert.NotNull(Look(2, second).Fault);
        }

        File.WriteAllText(json, good);
        Assert.Null(Look(2, second).Fault);
    }

    private string Text => File.ReadAllText(_path);

    private void Write(string text) => File.AppendAllText(_path, text);

    private FileRecord Epoch(int number, string text)
    {
        Write(text);
        _store.Commit(number);
        using var file = File.OpenHandle(_path);
        return new FileRecord(_path, Text.Length) { Tail = FileTailHash.Of((buffer, at) => RandomAccess.Read(file, buffer, at), Text.Length) };
    }

    private CutFile Look(int epoch, FileRecord record) =>
        CutFile.Look(record, epoch, AsideIndex.Read(_store.Job), TestStore.Access, compare: true);

    private void Restart(int epoch, FileRecord record)
    {
        var found = Look(epoch, record);
        Assert.Null(found.Fault);
        SetAside(found, epoch);
        found.PutBack();
        Assert.True(Look(epoch, record).IsAsAtCut);
    }

    private void SetAside(CutFile found, int epoch)
    {
        if (!(found.Length > found.Stays))
            return;
        using var current = File.OpenRead(_path);
        AsideIndex.Read(_store.Job).Keep(current, _path, found.Stays, Path.Combine(_store.Job, EpochName.Of(epoch)), "node1", _ => { });
    }
}
