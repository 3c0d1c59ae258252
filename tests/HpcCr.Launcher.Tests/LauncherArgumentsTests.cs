using CommandLine;
using HpcCr.Core;

namespace HpcCr.Launcher.Tests;

public sealed class LauncherArgumentsTests
{
    [Fact]
    public void Parse_OfEverything_BecomesOptions()
    {
        var options = Options("--coordinator", "10.0.0.1:7733", "--node", "n1", "--key-file", "/k", "--run-dir", "/r/../run", "--slots", "3", "--staging", "/s/", "--env", "A=1", "B=x=y", "C=");

        Assert.Equal(("n1", "10.0.0.1:7733", "/k", "/run", 3, "/s/"), (options.Node, options.Coordinator, options.KeyFile, options.Run.Root, options.Slots, options.Staging));
        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "x=y", ["C"] = "" }, options.JobEnvironment);
    }

    [Fact]
    public void Parse_WithTheLeast_HasDefaults()
    {
        var options = Options("--coordinator", "unix:/run/c.sock", "--node", "n1");

        Assert.Equal((Environment.ProcessorCount, null, "/etc/hpccr/cluster.pem"), (options.Slots, options.Staging, options.KeyFile));
        Assert.Empty(options.JobEnvironment);
    }

    [Fact]
    public void Parse_OfVariablesOneByOne_TakesThemAllAndTheLastOfAName() => Assert.Equal(
        new Dictionary<string, string> { ["A"] = "3", ["B"] = "2" },
        Options("--coordinator", "c:1", "--node", "n1", "--env", "A=1", "--env", "B=2", "--env", "A=3").JobEnvironment);

    [Theory]
    [InlineData("A")]
    [InlineData("=1")]
    public void ToOptions_OfAVariableThatIsNone_IsWrongUsage(string setting) => Assert.Equal(FailureKind.Usage,
        Assert.Throws<HpcCrException>(() => Options("--coordinator", "c:1", "--node", "n1", "--env", setting)).Kind);

    [Theory]
    [InlineData("../n")]
    [InlineData("n 1")]
    [InlineData("")]
    public void ToOptions_OfANodeThatIsNone_IsWrongUsage(string node) => Assert.Equal(FailureKind.Usage,
        Assert.Throws<HpcCrException>(() => new LauncherArguments { Coordinator = "c:1", Node = node }.ToOptions()).Kind);

    [Theory]
    [InlineData("--node", "n1")]
    [InlineData("--coordinator", "c:1", "--nonsense")]
    [InlineData("--coordinator", "c:1", "--slots", "many")]
    public void Parse_OfAWrongCommandLine_IsNotParsed(params string[] arguments) => Assert.Equal(ParserResultType.NotParsed, LauncherArguments.Parse(arguments).Tag);

    private static LauncherOptions Options(params string[] arguments) =>
        Assert.IsType<Parsed<LauncherArguments>>(LauncherArguments.Parse(arguments)).Value.ToOptions();
}
