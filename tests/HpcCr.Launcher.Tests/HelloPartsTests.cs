using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher.Tests;

public sealed class HelloPartsTests
{
    [Fact]
    public void ANodeWithManyLongJobs_SaysHelloInMessagesThatTheStreamCarries()
    {
        var hello = new Hello { Node = "node1", Slots = 4 };
        var fill = new string('x', 2_000_000);
        for (var i = 0; i < 50; i++)
            hello.Jobs.Add(new HeldJob { Sandbox = $"{i}", Spec = new JobSpec { Name = $"job{i}", Environment = { ["FILL"] = fill } } });

        var parts = HelloParts.Of(hello);

        Assert.Equal(4u, parts[0].Slots);
        Assert.All(parts, part => Assert.True(WireLimits.FitsTheStream(part)));
        Assert.All(parts.SkipLast(1), part => Assert.True(part.More));
        Assert.False(parts[^1].More);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), parts.SelectMany(part => part.Jobs).Select(job => job.Sandbox));
    }

    [Fact]
    public void ANodeWithoutJobs_SaysOneHello() => Assert.False(Assert.Single(HelloParts.Of(new Hello { Node = "node1" })).More);
}
