using HpcCr.Cli.CommandLine;

namespace HpcCr.Cli.Tests.CommandLine;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1h30m15s", 5_415_000)]
    [InlineData("250ms", 250)]
    [InlineData("1s500ms", 1_500)]
    [InlineData("2d", 172_800_000)]
    public void Parse_OfWhatPeopleWrite_IsThatLong(string text, double milliseconds) =>
        Assert.Equal(milliseconds, Duration.Parse("--timeout", text).TotalMilliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5x")]
    [InlineData("5m5m")]
    [InlineData("5s1m")]
    [InlineData("0s")]
    [InlineData("1.5h")]
    [InlineData("31d")]
    [InlineData("99999999999999s")]
    [InlineData("999999999d")]
    [InlineData(" 5m")]
    [InlineData("5m\n")]
    public void Parse_OfAnythingElse_IsAUsageFailureThatNamesTheOption(string text)
    {
        var failure = Assert.Throws<HpcCrException>(() => Duration.Parse("--timeout", text));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains("--timeout", failure.Message, StringComparison.Ordinal);
    }
}
