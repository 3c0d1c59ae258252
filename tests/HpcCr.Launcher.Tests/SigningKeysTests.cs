using HpcCr.Core;
using HpcCr.Rpc;

namespace HpcCr.Launcher.Tests;

/// <summary>Root's tests: nobody else has a key.</summary>
public sealed class SigningKeysTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _folder = Directory.CreateTempSubdirectory("hpccr-keys-").FullName;

    public SigningKeysTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "not root");
        Environment.SetEnvironmentVariable(SigningKeys.Variable, Own);
    }

    private string Own => Path.Combine(_folder, "lib", "signing.key");

    private string Cluster => Path.Combine(_folder, "cluster.pem");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(SigningKeys.Variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void FindOrCreate_WithoutAnyFile_MakesTheNodesOwnOnce()
    {
        Assert.Null(SigningKeys.Find(Cluster));

        var made = SigningKeys.FindOrCreate(Cluster);

        Assert.Equal(Private, File.GetUnixFileMode(Own));
        Assert.Equal(made.Id, SigningKeys.FindOrCreate(Cluster).Id);
        Assert.Equal(made.Id, SigningKeys.Find(Cluster)!.Id);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Own)!));
    }

    [Fact]
    public async Task FindOrCreate_ByManyAtOnce_IsOneKey() =>
        Assert.Single((await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => SigningKeys.FindOrCreate(Cluster).Id)))).Distinct());

    [Fact]
    public void FindOrCreate_WithAClusterKey_DerivesTheSameEverywhereAndWritesNothing()
    {
        ClusterKey.Create(Cluster).Dispose();
        File.Copy(Cluster, Cluster + ".copy");

        Assert.Equal(SigningKeys.FindOrCreate(Cluster).Id, SigningKeys.FindOrCreate(Cluster + ".copy").Id);
        Assert.False(File.Exists(Own));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Find_OfAFileThatOthersMayRead_OrThatIsNone_IsRefused(bool isReadable)
    {
        SigningKeys.FindOrCreate(Cluster);
        if (isReadable)
            File.SetUnixFileMode(Own, Private | UnixFileMode.GroupRead);
        else
            File.WriteAllText(Own, "00ff");

        Assert.Equal(FailureKind.Unsupported, Assert.Throws<HpcCrException>(() => SigningKeys.Find(Cluster)).Kind);
    }
}
