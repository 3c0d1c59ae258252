using System.Text;

namespace HpcCr.Launcher.Tests;

public sealed class PluginLineTests
{
    [Theory]
    [InlineData("""{"id":1,"ok":true}""")]
    [InlineData("""{"id":1,"veto":"no","remedy":"wait"}""")]
    [InlineData("""{"id":1,"busy":"later","state":"s"}""")]
    [InlineData("""{"ask":1,"barrier":"b"}""")]
    [InlineData("""{"log":""}""")]
    public void Line_OfTheProtocol_IsRead(string line) => PluginLine.Parse(Encoding.UTF8.GetBytes(line));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"id":1,"ok":false}""")]
    [InlineData("""{"id":1,"ok":true,"veto":"no"}""")]
    [InlineData("""{"id":1,"ok":true,"log":"text"}""")]
    [InlineData("""{"ask":1}""")]
    [InlineData("""{"ask":1,"get":"k","barrier":"b"}""")]
    [InlineData("""{"ask":1,"put":{"key":"k"}}""")]
    [InlineData("""{"id":1,"ok":true,"surprise":1}""")]
    [InlineData("""{"id":1,"ok":true,"id":2}""")]
    [InlineData("""{"id":"1","ok":true}""")]
    [InlineData("""{"id":99999999999,"ok":true}""")]
    [InlineData("""{"id":1,"ok":true}x""")]
    [InlineData("""{"id":1,"ok":true,"claims":[{"policy":"close"}]}""")]
    [InlineData("""{"id":1,"ok":true,"claims":[null]}""")]
    [InlineData("""{"id":1,"ok":true,"unread":"no base64!"}""")]
    [InlineData("""{"hello":{"api":1,"name":"n"}}""")]
    [InlineData("""{"hello":{"api":1,"name":"n","version":"1","events":null}}""")]
    public void Line_OfNoProtocol_IsAFault(string line) => Assert.Throws<PluginFault>(() => PluginLine.Parse(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Line_OfBrokenText_IsAFault_AndShownWithoutHarm()
    {
        var fault = Assert.Throws<PluginFault>(() => PluginLine.Parse([0xff, 0xfe, 0x1b, (byte)'[', (byte)'m']));

        Assert.DoesNotContain('\u001b', fault.Message);
    }

    [Fact]
    public void Claim_WithoutAPolicy_IsToReconnect() =>
        Assert.Equal("reconnect", PluginLine.Parse("""{"id":1,"ok":true,"claims":[{"connection":7}]}"""u8).Claims![0].Policy);
}
