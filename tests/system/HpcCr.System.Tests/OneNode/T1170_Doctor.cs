using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1170_Doctor(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task WhereAllIsThere_TheDoctorIsContent()
    {
        var said = await Hpccr.JsonAsync("doctor");
        Assert.True(said.GetProperty("ok").GetBoolean());
        Assert.All(said.GetProperty("checks").EnumerateArray(), check => Assert.NotEqual("FAIL", check.GetProperty("result").GetString()));
        Assert.Contains(said.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "criu check");
    }

    [Fact]
    public async Task AnEngineThatDoesNotWork_IsNamedWithItsRemedy()
    {
        // The only engine that it can find: the others are not where it looks.
        var options = CommandOptions.Default with
        {
            Environment = new Dictionary<string, string?> { ["HPCCR_CRIU"] = "/bin/sh", ["HPCCR_PREFIX"] = Lab.NewFolder("empty"), ["PATH"] = PathWithout("criu") },
        };
        var said = (await Hpccr.RunAsync(options, "doctor", "--json")).FailsWith(6, ["criu", "/bin/sh"]).Json;
        Assert.False(said.GetProperty("ok").GetBoolean());
        var failed = said.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("result").GetString() == "FAIL");
        Assert.Equal("criu", failed.GetProperty("name").GetString());
        Assert.NotEqual("", failed.GetProperty("remedy").GetString());
    }

    [Theory]
    [InlineData("tini")]
    [InlineData("nft")]
    public async Task WithoutAProgramThatIsNeeded_TheDoctorEndsWith6(string program)
    {
        // Its file is covered by one that cannot be run, for this command alone.
        const string Cover = "mount --bind /dev/null \"$(command -v \"$0\")\" && exec \"$@\"";
        var options = CommandOptions.Default with { Prefix = ["unshare", "--mount", "sh", "-c", Cover, program] };
        (await Hpccr.RunAsync(options, "doctor")).FailsWith(6, [program]);
    }

    // A folder with links to all that is in PATH but one.
    private string PathWithout(string program)
    {
        var folder = Lab.NewFolder("path");
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(Directory.Exists))
            foreach (var file in Directory.EnumerateFiles(directory))
                if (Path.GetFileName(file) != program && !File.Exists(Path.Combine(folder, Path.GetFileName(file))))
                    File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(file)), file);
        return folder;
    }
}
