using HpcCr.Cli.CommandLine;

namespace HpcCr.Cli.Tests.CommandLine;

public sealed class CommandTableTests
{
    [Theory]
    [InlineData("run", "-- true", "run")]
    [InlineData("lab", "up 2", "lab up")]
    [InlineData("lab", "exec node1 -- true", "lab exec")]
    public void Find_OfACommand_LeavesItsArguments(string first, string others, string name)
    {
        string[] words = [first, .. others.Split(' ')];
        var entry = CommandTable.Find(words, out var rest);
        Assert.Equal(name, entry.Name);
        Assert.Equal(words.Length - name.Split(' ').Length, rest.Length);
    }

    [Theory]
    [InlineData("chekpoint", "checkpoint")]
    [InlineData("stat", "status")]
    [InlineData("lab dwon", "lab down")]
    public void Find_OfAMisspelledCommand_SuggestsTheRightOne(string words, string meant)
    {
        var failure = Assert.Throws<HpcCrException>(() => CommandTable.Find(words.Split(' '), out _));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains($"`hpccr {meant}`", failure.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_OfNonsense_SuggestsNothing() =>
        Assert.DoesNotContain("Did you mean", Assert.Throws<HpcCrException>(() => CommandTable.Find(["xyzzy\n"], out _)).Sentence, StringComparison.Ordinal);

    [Fact]
    public void EveryCommand_HasAnExampleOfItself() =>
        Assert.All(CommandTable.All, entry => Assert.Contains($"  hpccr {entry.Name}", entry.Details, StringComparison.Ordinal));

    [Fact]
    public void Overview_ListsEveryCommandThatIsForPeople()
    {
        var text = Overview.Text();
        Assert.All(CommandTable.All, entry => Assert.Equal(!entry.Hidden, text.Contains($"  {entry.Name.PadRight(12)}", StringComparison.Ordinal)));
    }
}
