using System.Net;

namespace HpcCr.Core.Tests.Relocation;

public sealed class AddressPairsTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.3", "10.0.0.1>10.0.0.3")]
    [InlineData("10.0.0.1", "192.168.7.3", "10.0.0.1>192.168.7.3")]
    [InlineData("fd00::1", "fd01::3", "fd00::1>fd01::3")]
    public void Of_OneAddressEach_PairsThem(string old, string now, string expected) => Assert.Equal(expected, Pairs(old, now));

    [Theory]
    [InlineData("10.0.0.1 192.168.1.1", "192.168.1.3 10.0.0.3", "10.0.0.1>10.0.0.3 192.168.1.1>192.168.1.3")]
    [InlineData("10.0.1.1 10.0.2.1", "10.0.2.3 10.0.1.3", "10.0.1.1>10.0.1.3 10.0.2.1>10.0.2.3")]
    [InlineData("fd00:1::1 fd00:2::1", "fd00:2::3 fd00:1::3", "fd00:1::1>fd00:1::3 fd00:2::1>fd00:2::3")]
    [InlineData("10.0.0.1 172.16.0.1", "172.16.0.3 192.168.0.3", "10.0.0.1>192.168.0.3 172.16.0.1>172.16.0.3")]
    public void Of_SeveralNetworks_StaysWithinEach(string old, string now, string expected) => Assert.Equal(expected, Pairs(old, now));

    [Fact]
    public void Of_AnAddressThatBothHave_KeepsIt() =>
        Assert.Equal("10.0.0.1>10.0.0.1 10.0.0.9>10.0.0.8", Pairs("10.0.0.1 10.0.0.9", "10.0.0.8 10.0.0.1"));

    [Fact]
    public void Of_TheSameNode_ChangesNothing() =>
        Assert.Equal("10.0.0.1>10.0.0.1 10.0.0.2>10.0.0.2 fd00::1>fd00::1", Pairs("10.0.0.1 10.0.0.2 fd00::1", "fd00::1 10.0.0.2 10.0.0.1"));

    [Fact]
    public void Of_TwoFamilies_NeverMixesThem() => Assert.Equal("10.0.0.1>10.0.0.3 fd00::1>fd00::3", Pairs("fd00::1 10.0.0.1", "10.0.0.3 fd00::3"));

    [Theory]
    [InlineData("10.0.0.1 fd00::1", "10.0.0.3", "10.0.0.1>10.0.0.3")]
    [InlineData("10.0.0.1", "fd00::3", "")]
    [InlineData("10.0.0.1", "", "")]
    [InlineData("", "10.0.0.3", "")]
    [InlineData("10.0.0.1 fd00::1", "127.0.0.1 ::1 fe80::3", "")]
    public void Of_AnAddressWithoutCounterpart_LeavesItOut(string old, string now, string expected) => Assert.Equal(expected, Pairs(old, now));

    [Fact]
    public void Of_FewerNewThanOld_SharesTheNearest() =>
        Assert.Equal("10.0.0.1>10.0.0.3 10.0.1.1>10.0.0.3 192.168.0.1>192.168.0.3", Pairs("10.0.0.1 10.0.1.1 192.168.0.1", "10.0.0.3 192.168.0.3"));

    [Fact]
    public void Of_MoreNewThanOld_TakesTheNearest() => Assert.Equal("10.0.0.1>10.0.0.3", Pairs("10.0.0.1", "192.168.0.3 10.0.0.3 10.1.0.3"));

    [Fact]
    public void Of_LoopbackAndLinkLocal_LeavesThemOut() =>
        Assert.Equal("10.0.0.1>10.0.0.3", Pairs("127.0.0.1 ::1 fe80::1 10.0.0.1", "127.0.0.1 ::1 fe80::3 10.0.0.3"));

    private static string Pairs(string old, string now) =>
        string.Join(' ', AddressPairs.Of(Parse(old), Parse(now)).Select(p => $"{p.Key}>{p.Value}").Order(StringComparer.Ordinal));

    private static IEnumerable<IPAddress> Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse);
}
