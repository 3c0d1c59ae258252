using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1120_UnknownThings(OneNodeLab lab) : SystemTest(lab)
{
    [Theory]
    [InlineData("checkpoint")]
    [InlineData("status")]
    [InlineData("list")]
    [InlineData("logs")]
    [InlineData("wait")]
    [InlineData("kill")]
    [InlineData("show")]
    [InlineData("verify")]
    [InlineData("restart")]
    public async Task AJobThatDoesNotExist_IsNotFound(string command)
    {
        var said = (await Hpccr.RunAsync(command, "no-such-job", "--json")).FailsWith(3, ["no-such-job"]);
        var error = said.Json.GetProperty("error");
        Assert.Equal(3, error.GetProperty("exitCode").GetInt32());
        Assert.Equal("NotFound", error.GetProperty("kind").GetString());
        Assert.NotEqual("", error.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("restart", "/no/such/epoch-000001")]
    [InlineData("restart", "no-such-job/epoch-000001")]
    [InlineData("show", "../../epoch-000001")]
    [InlineData("verify", "a/../../b")]
    public async Task AnEpochThatDoesNotExist_IsNotFound(string command, string epoch) => (await Hpccr.RunAsync(command, epoch)).FailsWith(3);

    [Fact]
    public async Task ANodeThatDoesNotExist_IsNotFound_AndNothingIsStarted()
    {
        var name = Lab.NewName("nowhere");
        (await Hpccr.RunAsync("run", "--name", name, "--nodes", "node1,node99", "--", "true")).FailsWith(3, ["node99"]);
        (await Hpccr.RunAsync("status", name)).FailsWith(3);
        (await Hpccr.RunAsync("lab", "exec", "node99", "--", "true")).FailsWith(3, ["node99"]);
        (await Hpccr.RunAsync("lab", "kill", "node99")).FailsWith(3, ["node99"]);
    }

    [Theory]
    [InlineData("chekpoint", "job")]
    [InlineData("frobnicate")]
    [InlineData("lab", "sideways")]
    [InlineData("run")]
    [InlineData("run", "--")]
    [InlineData("run", "--no-such-option", "--", "true")]
    [InlineData("checkpoint")]
    [InlineData("checkpoint", "a", "b")]
    [InlineData("checkpoint", "a", "--timeout", "soon")]
    [InlineData("checkpoint", "a", "--", "b")]
    [InlineData("lab", "up", "zero")]
    [InlineData("lab", "up", "0")]
    [InlineData("run", "--nodes", "../node1", "--", "true")]
    [InlineData("run", "--name", "", "--", "true")]
    [InlineData("run", "--name", "../x", "--", "true")]
    [InlineData("run", "--name", "..", "--", "true")]
    [InlineData("run", "--name", "a/../../b", "--", "true")]
    [InlineData("run", "--name", "-x", "--", "true")]
    [InlineData("run", "--name", "a\nb", "--", "true")]
    [InlineData("checkpoint", "../../etc")]
    [InlineData("status", "../x")]
    [InlineData("kill", "..")]
    [InlineData("logs", "a/b/c")]
    [InlineData("restart", "..")]
    public async Task WhatIsNoCommandOrNoName_IsWrongUsage(params string[] words) => (await Hpccr.RunAsync(words)).FailsWith(2);

    [Fact]
    public async Task ACommandThatDoesNotExist_IsAnsweredWithTheNearestThatDoes() =>
        (await Hpccr.RunAsync("chekpoint", "job")).FailsWith(2, ["chekpoint", "hpccr checkpoint"]);

    [Fact]
    public async Task AnAddressWhereNoCoordinatorAnswers_IsNotFound() =>
        (await Hpccr.RunAsync("status", "--coordinator", "unix:/no/such.sock")).FailsWith(3, ["/no/such.sock"]);
}
