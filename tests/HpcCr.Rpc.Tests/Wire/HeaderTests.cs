using Grpc.Core;

namespace HpcCr.Rpc.Tests;

public sealed class HeaderTests
{
    [Theory]
    [InlineData(0, "0u")]
    [InlineData(1, "1u")]
    [InlineData(99_999_999_0, "99999999u")]
    [InlineData(99_999_999_1, "100000m")]
    [InlineData(TimeSpan.TicksPerDay * 365, "31536000S")]
    [InlineData(long.MaxValue - TimeSpan.TicksPerHour, "99999999H")]
    public void Timeout_IsFormattedInTheFinestUnitThatHoldsIt_RoundedUp(long ticks, string expected) =>
        Assert.Equal(expected, TimeoutHeader.Format(new TimeSpan(ticks)));

    [Theory]
    [InlineData("100n", 1)]
    [InlineData("5u", 50)]
    [InlineData("7m", 7 * TimeSpan.TicksPerMillisecond)]
    [InlineData("8S", 8 * TimeSpan.TicksPerSecond)]
    [InlineData("9M", 9 * TimeSpan.TicksPerMinute)]
    [InlineData("10H", 10 * TimeSpan.TicksPerHour)]
    [InlineData("99999999H", long.MaxValue)]
    public void Timeout_IsParsed(string text, long ticks)
    {
        Assert.True(TimeoutHeader.TryParse(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("1 S")]
    [InlineData("1x")]
    [InlineData("123456789S")]
    public void Timeout_WhenMalformed_IsNotParsed(string text) => Assert.False(TimeoutHeader.TryParse(text, out _));

    [Theory]
    [InlineData("plain text, (with) ~signs!", "plain text, (with) ~signs!")]
    [InlineData("100 %\n", "100 %25%0A")]
    [InlineData("ü☃😀", "%C3%BC%E2%98%83%F0%9F%98%80")]
    [InlineData("", "")]
    public void Message_IsPercentEncodedAndDecoded(string detail, string encoded)
    {
        Assert.Equal(encoded, MessageHeader.Encode(detail));
        Assert.Equal(detail, MessageHeader.Decode(encoded));
    }

    [Theory]
    [InlineData("50% off%", "50% off%")]
    [InlineData("%zz%2", "%zz%2")]
    [InlineData("%41%", "A%")]
    public void Message_WhenBadlyEncoded_StaysReadable(string encoded, string expected) =>
        Assert.Equal(expected, MessageHeader.Decode(encoded));

    [Fact]
    public void Message_WhenVeryLong_IsCut() =>
        Assert.InRange(MessageHeader.Encode(new string('☃', 100_000)).Length, 1000, MessageHeader.LongestEncoded + 12);

    [Theory]
    [InlineData("key", "tab\there")]
    [InlineData("key", "ü")]
    [InlineData("key-bin", "text")]
    [InlineData("key with space", "text")]
    [InlineData("", "text")]
    public void Metadata_WhenItCannotTravel_IsRefused(string key, string value) =>
        Assert.Throws<ArgumentException>(() => new Metadata { { key, value } });

    [Fact]
    public void Metadata_WithBytesUnderATextKey_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new Metadata { { "key", new byte[] { 1 } } });

    [Theory]
    [InlineData("AAEC", "000102")]
    [InlineData("AAE", "0001")]
    [InlineData("AA==", "00")]
    [InlineData("AAE=, AgM", "0001,0203")]
    [InlineData("", "")]
    [InlineData("!!!", null)]
    public void BinaryMetadata_IsReadPaddedAndUnpaddedAndJoined(string header, string? expected)
    {
        var metadata = new Metadata();
        MetadataHeaders.Read(metadata, "X-Proof-Bin", header);
        var read = metadata.Select(entry => Convert.ToHexStringLower(entry.ValueBytes));
        Assert.Equal(expected, metadata.Count == 0 ? null : string.Join(',', read));
    }

    [Theory]
    [InlineData("grpc-status")]
    [InlineData("Content-Type")]
    [InlineData(":path")]
    [InlineData("te")]
    public void Metadata_UnderANameOfTheProtocol_IsNeitherReadNorWritten(string name)
    {
        var metadata = new Metadata();
        MetadataHeaders.Read(metadata, name, "1");
        Assert.Empty(metadata);
        if (name[0] != ':')
            MetadataHeaders.Write(new Metadata { { name, "1" } }, (key, _) => Assert.Fail($"{key} was written"));
    }
}
