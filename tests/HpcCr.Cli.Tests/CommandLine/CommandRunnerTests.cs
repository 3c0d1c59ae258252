using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Commands;

namespace HpcCr.Cli.Tests.CommandLine;

public sealed class CommandRunnerTests
{
    [Fact]
    public void Read_OfRun_TakesWhatFollowsTheDashesAsItIs()
    {
        var run = Read<RunCommand>("run", "--name", "s", "--nodes=node1,node2", "--private-tmp", "--detach", "--", "mpirun", "--json", "-n", "2", "--", "x y");
        Assert.Equal(("s", "node1,node2", true, true, false), (run.Name, run.Nodes, run.PrivateTmp, run.Detach, run.Json));
        Assert.Equal(["mpirun", "--json", "-n", "2", "--", "x y"], run.Trailing);
    }

    [Fact]
    public void Read_OfAttach_TakesAProcessOfEachNode()
    {
        var attach = Read<AttachCommand>("attach", "--pid", "node1:17", "--name", "s", "--pid", "node2:18");
        Assert.Equal([("node1", 17), ("node2", 18)], attach.Pids.Select(AttachCommand.Parse).Select(tree => (tree.Node, tree.Pid)));
        Assert.Equal("", AttachCommand.Parse("17").Node);
        Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => AttachCommand.Parse("node1:")).Kind);
    }

    [Fact]
    public void Read_OfCheckpoint_KnowsItsDefaults()
    {
        var checkpoint = Read<CheckpointCommand>("checkpoint", "s");
        Assert.Equal(("s", false, "5m", null), (checkpoint.Job, checkpoint.Stop, checkpoint.Timeout, checkpoint.Coordinator));
    }

    [Theory]
    [InlineData("s|--stp", "--stop")]
    [InlineData("s|t", "too many")]
    [InlineData("s|--timeout", "--timeout needs a value")]
    [InlineData("s|--timeout|--stop", "--timeout needs a value")]
    [InlineData("s|--|x", "takes no `--`")]
    [InlineData("s|--stop|--stop", "twice")]
    public void Read_OfAWrongCheckpoint_SaysWhatIsWrong(string words, string expected)
    {
        var failure = Assert.Throws<HpcCrException>(() => Read<CheckpointCommand>("checkpoint", words.Split('|')));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(expected, failure.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("--")]
    [InlineData("--intervals|5m|--|true")]
    public void Read_OfAWrongRun_IsAUsageFailure(string words) =>
        Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => Read<RunCommand>("run", words.Split('|'))).Kind);

    [Fact]
    public void Split_KnowsThatJsonIsAskedFor_OnlyBeforeTheDashes()
    {
        Assert.True(CommandArguments.Split(["s", "--json"]).Json);
        Assert.False(CommandArguments.Split(["--", "--json"]).Json);
    }

    private static T Read<T>(string name, params string[] words)
        where T : CliCommand, new() =>
        CommandRunner.Read<T>(CommandTable.All.Single(entry => entry.Name == name), CommandArguments.Split(words));
}
