using HpcCr.Cli.Connection;

namespace HpcCr.Cli.Tests.Connection;

public sealed class CoordinatorAddressTests
{
    [Theory]
    [InlineData("unix:/run/hpccr/coordinator.sock", "/run/hpccr/coordinator.sock")]
    [InlineData("unix:///run/x.sock", "/run/x.sock")]
    public void Parse_OfASocket_IsItsPath(string text, string path) =>
        Assert.Equal(new UnixAddress(path), CoordinatorAddress.Parse(text));

    [Theory]
    [InlineData("head:7733", "head", 7733)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("[fd88::1]:7733", "fd88::1", 7733)]
    public void Parse_OfAnEndpoint_IsHostAndPort(string text, string host, int port)
    {
        var address = Assert.IsType<TcpAddress>(CoordinatorAddress.Parse(text));
        Assert.Equal((host, port), (address.Host, address.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix:relative")]
    [InlineData("unix:")]
    [InlineData("head")]
    [InlineData("head:")]
    [InlineData("head:0")]
    [InlineData("head:70000")]
    [InlineData(":7733")]
    [InlineData("a b:1")]
    [InlineData("a\n:1")]
    public void Parse_OfAnythingElse_IsAUsageFailure(string text) =>
        Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => CoordinatorAddress.Parse(text)).Kind);
}
