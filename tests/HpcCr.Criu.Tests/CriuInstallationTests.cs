using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests;

/// <summary>Finding the engine, with programs that pretend to be one.</summary>
public sealed class CriuInstallationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Candidates_AreThePathThenThePrefix_OrWhatTheVariableSays()
    {
        var onPath = Fake("path/criu", "echo Version: 4.2");
        var candidates = CriuInstallation.Candidates(Environment(null, Path.GetDirectoryName(onPath), "/prefix"));
        Assert.Equal([onPath, "/prefix/criu/bin/criu"], candidates.Select(candidate => candidate.Path));
        var chosen = CriuInstallation.Candidates(Environment("/chosen/criu", Path.GetDirectoryName(onPath), "/prefix"));
        Assert.Equal(["/chosen/criu"], chosen.Select(candidate => candidate.Path));
        var plain = CriuInstallation.Candidates(Environment(null, null, null));
        Assert.Equal(["/opt/hpccr/criu/bin/criu"], plain.Select(candidate => candidate.Path));
    }

    [Fact]
    public async Task FindAsync_OfAnOldOneFirst_TakesTheNextThatIsNewEnough()
    {
        var old = Path.GetDirectoryName(Fake("old/criu", "echo Version: 4.1.1"));
        Fake("new/criu/bin/criu", "echo Version: 4.2.1; echo GitID: v4.2.1-3");
        var found = await CriuInstallation.FindAsync(Environment(null, old, _folder.File("new")), Token);
        Assert.Equal(new CriuInstallation(_folder.File("new/criu/bin/criu"), new EngineVersion(4, 2, 1)), found);
    }

    [Fact]
    public async Task FindAsync_OfNoneUsable_SaysWhyEachIsNot()
    {
        var mute = Path.GetDirectoryName(Fake("mute/criu", "exit 3"));
        var fault = await Assert.ThrowsAsync<EngineNotFoundException>(
            () => CriuInstallation.FindAsync(Environment(null, mute, _folder.File("none")), Token));
        Assert.Equal(["does not tell its version", "not there"], fault.Candidates.Select(candidate => candidate.Problem));
        Assert.Contains("HPCCR_CRIU", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_OfAChosenOneThatDoesNotDo_TakesNoOther()
    {
        var old = Fake("old/criu", "echo Version: 3.17.1");
        Fake("new/criu/bin/criu", "echo Version: 4.2.1");
        var fault = await Assert.ThrowsAsync<EngineNotFoundException>(
            () => CriuInstallation.FindAsync(Environment(old, null, _folder.File("new")), Token));
        Assert.Equal(["version 3.17.1 is older than 4.2"], fault.Candidates.Select(candidate => candidate.Problem));
    }

    [Fact]
    public async Task ProbeAsync_OfAFileThatIsNoProgram_SaysSo()
    {
        var path = _folder.File("criu");
        await File.WriteAllTextAsync(path, "text", Token);
        var probed = await CriuInstallation.ProbeAsync(new CriuCandidate(path, "test"), Token);
        Assert.StartsWith("cannot be run", probed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_OfAnotherProgram_TakesItsVersionForNoEngines()
    {
        var other = Fake("criu", "echo 'false (GNU coreutils) 9.1'");
        var probed = await CriuInstallation.ProbeAsync(new CriuCandidate(other, "test"), Token);
        Assert.Equal("does not tell its version", probed.Problem);
    }

    [Theory]
    [InlineData("Version: 4.2.1\nGitID: v4.2.1", 4, 2, 1)]
    [InlineData("4.3", 4, 3, 0)]
    [InlineData("v4.10-rc1", 4, 10, 0)]
    public void TryParse_ReadsTheVersion(string text, int major, int minor, int sublevel)
    {
        Assert.True(EngineVersion.TryParse(text, out var version));
        Assert.Equal(new EngineVersion(major, minor, sublevel), version);
        Assert.True(version >= EngineVersion.Minimum);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("criu")]
    [InlineData("four.two")]
    public void TryParse_OfNoVersion_Fails(string? text) => Assert.False(EngineVersion.TryParse(text, out _));

    private static Func<string, string?> Environment(string? chosen, string? path, string? prefix) => name => name switch
    {
        "HPCCR_CRIU" => chosen,
        "PATH" => path,
        "HPCCR_PREFIX" => prefix,
        _ => null,
    };

    private string Fake(string name, string script)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
