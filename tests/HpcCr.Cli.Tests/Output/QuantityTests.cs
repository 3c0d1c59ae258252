using HpcCr.Cli.Output;

namespace HpcCr.Cli.Tests.Output;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(45_193_625, "43.1 MiB")]
    [InlineData(1e18, "888.2 PiB")]
    public void Bytes_AreShownInTheUnitThatFits(double bytes, string expected) => Assert.Equal(expected, Quantity.Bytes(bytes));

    [Theory]
    [InlineData(0.44, "0.4 ms")]
    [InlineData(213.4, "213 ms")]
    [InlineData(12_300, "12.3 s")]
    public void Milliseconds_AreShownAsPreciselyAsTheyMatter(double ms, string expected) => Assert.Equal(expected, Quantity.Milliseconds(ms));
}
