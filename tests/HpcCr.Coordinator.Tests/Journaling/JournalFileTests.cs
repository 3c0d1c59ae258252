using HpcCr.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace HpcCr.Coordinator.Tests.Journaling;

public sealed class JournalFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpccr-journal-").FullName;
    private string FilePath => Path.Combine(_folder, JournalFile.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Open_AfterAppendsAndReplacements_FindsWhatIsLeft()
    {
        using (var file = await OpenAsync())
        {
            file.Append([[1], [2]], durable: true);
            file.Replace([[3]]);
            file.Append([[4]], durable: false);
        }

        Assert.Equal([[3], [4]], await RecordsAsync());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(["journal", "lock"], Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public async Task Open_OfATornEnd_CutsItOffAndGoesOn()
    {
        using (var file = await OpenAsync())
            file.Append([[1], [2]], durable: true);
        File.WriteAllBytes(FilePath, File.ReadAllBytes(FilePath)[..^1]);

        using (var file = await OpenAsync())
            file.Append([[3]], durable: true);

        Assert.Equal([[1], [3]], await RecordsAsync());
    }

    [Fact]
    public async Task Open_OfDamageWithRecordsBehindIt_SaysSoAndChangesNothing()
    {
        using (var file = await OpenAsync())
            file.Append([[1], [2]], durable: true);
        var damaged = File.ReadAllBytes(FilePath);
        damaged[^14] ^= 1;
        File.WriteAllBytes(FilePath, damaged);

        var e = await Assert.ThrowsAsync<HpcCrException>(() => OpenAsync());

        Assert.Equal(FailureKind.Damaged, e.Kind);
        Assert.Contains($"{FilePath} is damaged: at byte", e.Message, StringComparison.Ordinal);
        Assert.Contains("Move the file away", e.Next, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public async Task Open_WhileAnotherProcessHoldsIt_SaysSo()
    {
        // A lock of this process would not keep this process out.
        using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("python3",
            ["-c", $"import fcntl,sys; f=open('{_folder}/lock','w'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        var e = await Assert.ThrowsAsync<HpcCrException>(() => OpenAsync());
        other.StandardInput.Close();

        Assert.StartsWith("another coordinator uses the journal", e.Message, StringComparison.Ordinal);
        (await OpenAsync()).Dispose();
    }

    private async Task<List<byte[]>> RecordsAsync()
    {
        var records = new List<byte[]>();
        (await OpenAsync(records.Add)).Dispose();
        return records;
    }

    private Task<JournalFile> OpenAsync(Action<byte[]>? record = null) =>
        JournalFile.OpenAsync(_folder, record ?? (_ => { }), NullLogger.Instance, TestContext.Current.CancellationToken);
}
