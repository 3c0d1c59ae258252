using System.Text;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Tests.Support;

namespace HpcCr.Cli.Tests.Jobs;

public sealed class FileTailTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryStream _seen = new();

    private string File => _folder.In("stdout.log");

    [Fact]
    public void CopyNew_OfAFileThatIsNotThereYet_WaitsForIt()
    {
        using var tail = new FileTail(File, 0);
        Assert.Equal(0, tail.CopyNew(_seen));
        System.IO.File.WriteAllText(File, "one\n");
        Assert.Equal(4, tail.CopyNew(_seen));
        System.IO.File.AppendAllText(File, "two\n");
        tail.CopyNew(_seen);
        Assert.Equal("one\ntwo\n", Seen());
    }

    [Fact]
    public void CopyNew_OfMoreThanItsBuffer_CopiesAll()
    {
        var bytes = new byte[1_000_003];
        Random.Shared.NextBytes(bytes);
        System.IO.File.WriteAllBytes(File, bytes);
        using var tail = new FileTail(File, 0);
        Assert.Equal(bytes.Length, tail.CopyNew(_seen));
        Assert.Equal(bytes, _seen.ToArray());
    }

    [Fact]
    public void CopyNew_BeginsWhereItIsTold()
    {
        System.IO.File.WriteAllText(File, "old new");
        using var tail = new FileTail(File, 4);
        tail.CopyNew(_seen);
        Assert.Equal("new", Seen());
    }

    [Fact]
    public void CopyNew_OfAFileThatWasPutBack_GoesOnFromThere()
    {
        System.IO.File.WriteAllText(File, "0123456789");
        using var tail = new FileTail(File, 0);
        tail.CopyNew(_seen);
        using (var file = System.IO.File.Open(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(4);
        tail.CopyNew(_seen);
        System.IO.File.AppendAllText(File, "again");
        tail.CopyNew(_seen);
        Assert.Equal("0123456789again", Seen());
    }

    [Fact]
    public async Task Pump_WhenToldThatNoMoreComes_HasCopiedWhatWasWrittenUpToThen()
    {
        using var tail = new FileTail(File, 0);
        using var ended = new CancellationTokenSource();
        var pumping = new OutputPump([(tail, _seen)]).RunAsync(ended.Token);
        var expected = new StringBuilder();
        for (var line = 0; line < 200; line++)
        {
            System.IO.File.AppendAllText(File, $"{line}\n");
            expected.Append(line).Append('\n');
        }

        await ended.CancelAsync();
        await pumping;
        Assert.Equal(expected.ToString(), Seen());
    }

    public void Dispose() => _folder.Dispose();

    private string Seen() => Encoding.UTF8.GetString(_seen.ToArray());
}
