using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class PluginExchangeTests
{
    private readonly PluginExchange _exchange = new(3, isRestart: false, sandboxes: 2);

    [Fact]
    public async Task Get_WaitsUntilTheSamePluginHasPutTheValue()
    {
        var got = _exchange.AnswerAsync(Ask(a => a.Get = "k"), "node2");
        Assert.Equal("", (await _exchange.AnswerAsync(Ask(a => a.Put = new PluginPut { Key = "k", Value = "other" }, plugin: "q"), "node1")).Failure);
        Assert.False(got.IsCompleted);

        await _exchange.AnswerAsync(Ask(a => a.Put = new PluginPut { Key = "k", Value = "v" }), "node1");

        Assert.Equal("v", (await got).Value);
        Assert.Equal("v", (await _exchange.AnswerAsync(Ask(a => a.Get = "k"), "node1")).Value);
    }

    [Fact]
    public async Task Put_OfTheSameNameAgain_IsRefused()
    {
        await _exchange.AnswerAsync(Ask(a => a.Put = new PluginPut { Key = "k", Value = "1" }), "node1");

        Assert.Equal("k has been put already", (await _exchange.AnswerAsync(Ask(a => a.Put = new PluginPut { Key = "k", Value = "2" }), "node2")).Failure);
        Assert.Equal("1", (await _exchange.AnswerAsync(Ask(a => a.Get = "k"), "node2")).Value);
    }

    [Fact]
    public async Task Barrier_OpensWhenAllSandboxesHaveCome_AndNotWhenOneComesTwice()
    {
        var first = _exchange.AnswerAsync(Ask(a => a.Barrier = "b"), "node1");
        var again = _exchange.AnswerAsync(Ask(a => a.Barrier = "b"), "node1");
        Assert.False(first.IsCompleted || again.IsCompleted);

        await _exchange.AnswerAsync(Ask(a => a.Barrier = "b"), "node2");

        Assert.Equal("", (await first).Failure);
        Assert.Equal("", (await again).Failure);
    }

    [Fact]
    public async Task ValueAndBarrier_OfOneName_DoNotMeet()
    {
        await _exchange.AnswerAsync(Ask(a => a.Put = new PluginPut { Key = "x", Value = "v" }), "node1");

        Assert.False(_exchange.AnswerAsync(Ask(a => a.Barrier = "x"), "node1").IsCompleted);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task AnotherAttempt_IsOver(uint epoch, bool isRestart)
    {
        var ask = Ask(a => a.Get = "k");
        (ask.Epoch, ask.Restart) = (epoch, isRestart);

        Assert.Equal("the attempt is over", (await _exchange.AnswerAsync(ask, "node1")).Failure);
    }

    [Fact]
    public async Task MoreNamesThanAnybodyNeeds_AreRefused()
    {
        for (var i = 0; i < 1000; i++)
            await _exchange.AnswerAsync(Ask(a => a.Put = new PluginPut { Key = $"{i}", Value = "" }), "node1");

        foreach (var ask in new[] { Ask(a => a.Put = new PluginPut { Key = "more", Value = "" }), Ask(a => a.Get = "more"), Ask(a => a.Barrier = "more") })
            Assert.Equal("more than 1000 names in one attempt", (await _exchange.AnswerAsync(ask, "node1")).Failure);
    }

    private static PluginAsk Ask(Action<PluginAsk> question, string plugin = "p")
    {
        var ask = new PluginAsk { Id = 7, Epoch = 3, Plugin = plugin };
        question(ask);
        return ask;
    }
}
