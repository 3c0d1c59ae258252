namespace HpcCr.Guard.Tests;

public sealed class RemoteStartAgentTests
{
    // Words are separated by '|' here. The first lines are what Open MPI, PRRTE, Hydra and Intel MPI really call.
    [Theory]
    [InlineData("node2|PATH=/usr/bin:$PATH ; export PATH ; orted -mca ess env", "node2", "PATH=/usr/bin:$PATH ; export PATH ; orted -mca ess env")]
    [InlineData("-x|node2|\"/usr/bin/hydra_pmi_proxy\"|--control-port|n1:4711|--proxy-id|1", "node2", "\"/usr/bin/hydra_pmi_proxy\"|--control-port|n1:4711|--proxy-id|1")]
    [InlineData("-q|-x|node2|prted|-x", "node2", "prted|-x")]
    [InlineData("-l|user|node2|true", "node2", "true")]
    [InlineData("-luser|node2|true", "node2", "true")]
    [InlineData("-p|2222|-o|BatchMode=yes|-oStrictHostKeyChecking=no|node2|true", "node2", "true")]
    [InlineData("-xp|2222|node2|true", "node2", "true")]
    [InlineData("-xp2222|node2|true", "node2", "true")]
    [InlineData("-B|eth0|-P|tag|node2|true", "node2", "true")]
    [InlineData("-4|-A|-n|-T|node2|true", "node2", "true")]
    [InlineData("--|node2|-x", "node2", "-x")]
    [InlineData("user@node2|true", "node2", "true")]
    [InlineData("us@er@node2|true", "node2", "true")]
    [InlineData("node2|echo|a b|", "node2", "echo|a b|")]
    public void Parse_OfAnSshCommandLine_FindsHostAndCommand(string words, string host, string command)
    {
        var parsed = Assert.NotNull(RemoteStartAgent.Parse(words.Split('|')));

        Assert.Equal((host, command), (parsed.Host, string.Join('|', parsed.Command)));
    }

    [Theory]
    [InlineData("node2")]
    [InlineData("-x")]
    [InlineData("-x|node2")]
    [InlineData("-l|user|node2")]
    [InlineData("-p")]
    [InlineData("-l|node2")]
    [InlineData("--|node2")]
    [InlineData("user@|true")]
    [InlineData("|true")]
    public void Parse_WithoutHostOrCommand_IsNothing(string words) => Assert.Null(RemoteStartAgent.Parse(words.Split('|')));

    [Fact]
    public void Parse_OfNothing_IsNothing() => Assert.Null(RemoteStartAgent.Parse([]));
}
