using System.Net;

namespace HpcCr.Core.Tests.Jobs;

public sealed class OutsideRuleTests
{
    [Theory]
    [InlineData("10.0.0.7=close", "10.0.0.7:1", true)]
    [InlineData("10.0.0.7=close", "10.0.0.8:1", false)]
    [InlineData("10.0.0.7:6379=fail", "10.0.0.7:6379", true)]
    [InlineData("10.0.0.7:6379=fail", "10.0.0.7:6380", false)]
    [InlineData("*:6379=keep", "[fd00::7]:6379", true)]
    [InlineData("*=keep", "[fd00::7]:6379", true)]
    [InlineData("[fd00::7]:27000=close", "[fd00::7]:27000", true)]
    [InlineData("[fd00::7]=close", "[fd00::7]:27000", true)]
    [InlineData("[fd00::7]=close", "[fd00::8]:27000", false)]
    public void ARule_IsWrittenAsItIsRead_AndFitsWhatItNames(string text, string remote, bool fits)
    {
        var rule = OutsideRule.Parse(text);
        Assert.Equal(text, rule.ToString());
        Assert.Equal(fits, rule.Fits(IPEndPoint.Parse(remote)));
    }

    [Theory]
    [InlineData("fd00::7=close", "[fd00::7]=close")]
    [InlineData("[fd00:0::7]:1=close", "[fd00::7]:1=close")]
    [InlineData("[::ffff:10.0.0.7]:1=close", "10.0.0.7:1=close")]
    public void AnAddress_IsWrittenInOneForm(string text, string written) => Assert.Equal(written, OutsideRule.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("close")]
    [InlineData("=close")]
    [InlineData("10.0.0.7")]
    [InlineData("10.0.0.7=")]
    [InlineData("10.0.0.7=Close")]
    [InlineData("10.0.0.7=1")]
    [InlineData("10.0.0=close")]
    [InlineData("10=close")]
    [InlineData("0x0a.1=close")]
    [InlineData("redis=close")]
    [InlineData("10.0.0.7:=close")]
    [InlineData("10.0.0.7:0=close")]
    [InlineData("10.0.0.7:65536=close")]
    [InlineData("10.0.0.7:-1=close")]
    [InlineData("[10.0.0.7]:1=close")]
    [InlineData("[fd00::7:1=close")]
    [InlineData("[fd00::7]x:1=close")]
    public void WhatIsNoRule_IsRefused(string text) => Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => OutsideRule.Parse(text)).Kind);

    [Fact]
    public void TheFirstRuleThatFits_Counts()
    {
        var spec = Relocation.Moves.Epoch().Spec with { Outside = ["10.0.0.7:1=keep", "10.0.0.7=fail", "*=close"] };
        Assert.Equal([OutsidePolicy.Keep, OutsidePolicy.Fail, OutsidePolicy.Close], new[] { "10.0.0.7:1", "10.0.0.7:2", "10.0.0.8:1" }.Select(spec.PolicyTowards).Select(p => p!.Value));
        Assert.Null((spec with { Outside = [] }).PolicyTowards("10.0.0.7:1"));
    }
}
