using HpcCr.Cli.Jobs;
using HpcCr.Cli.Tests.Support;

namespace HpcCr.Cli.Tests.Jobs;

[Collection(nameof(ProcessWide))]
public sealed class EpochReferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ProcessWide _variables = new();

    public EpochReferenceTests()
    {
        _variables.Set(CallerFacts.CheckpointVariable, _folder.Path);
        _variables.Set(RunLayout.Variable, _folder.In("run"));
        _variables.Set("HPCCR_COORDINATOR", null);
        Epoch("s", "epoch-000001");
        Epoch("s", "epoch-000002");
        Epoch("s", "epoch-000003.partial");
        Directory.CreateDirectory(_folder.In("s", "epoch-000004"));
        Directory.CreateDirectory(_folder.In("empty"));
        File.CreateSymbolicLink(_folder.In("s", "latest"), "epoch-000002");
    }

    [Theory]
    [InlineData("s", "epoch-000002")]
    [InlineData("s/epoch-000001", "epoch-000001")]
    [InlineData("{}/s", "epoch-000002")]
    [InlineData("{}/s/", "epoch-000002")]
    [InlineData("{}/s/epoch-000001/", "epoch-000001")]
    [InlineData("{}/s/latest", "epoch-000002")]
    [InlineData("{}/empty/../s/epoch-000001", "epoch-000001")]
    public async Task Resolve_OfWhatAUserMayWrite_IsTheEpochsFolder(string text, string epoch) =>
        Assert.Equal(_folder.In("s", epoch), await ResolveAsync(text));

    [Theory]
    [InlineData("nosuch", FailureKind.NotFound)]
    [InlineData("empty", FailureKind.NotFound)]
    [InlineData("s/epoch-000004", FailureKind.NotFound)]
    [InlineData("s/epoch-000009", FailureKind.NotFound)]
    [InlineData("{}/s/epoch-000003.partial", FailureKind.NotFound)]
    [InlineData("s/../s", FailureKind.NotFound)]
    [InlineData("../s/epoch-000001", FailureKind.NotFound)]
    [InlineData("a\nb", FailureKind.Usage)]
    [InlineData("..", FailureKind.Usage)]
    [InlineData("{}/s/a\0b", FailureKind.NotFound)]
    public async Task Resolve_OfAnythingElse_Fails(string text, FailureKind kind) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<HpcCrException>(() => ResolveAsync(text))).Kind);

    public void Dispose()
    {
        _variables.Dispose();
        _folder.Dispose();
    }

    private Task<string> ResolveAsync(string text) =>
        EpochReference.ResolveAsync(text.Replace("{}", _folder.Path, StringComparison.Ordinal), null, TestContext.Current.CancellationToken);

    private void Epoch(string job, string name)
    {
        Directory.CreateDirectory(_folder.In(job, name));
        File.WriteAllText(_folder.In(job, name, Manifest.FileName), "{}");
    }
}
