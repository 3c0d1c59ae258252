namespace HpcCr.Core.Tests.Naming;

public sealed class EpochNameTests
{
    [Theory]
    [InlineData(1, "epoch-000001")]
    [InlineData(12, "epoch-000012")]
    [InlineData(999_999, "epoch-999999")]
    public void Of_AndParse_AreInverse(int epoch, string name)
    {
        Assert.Equal(name, EpochName.Of(epoch));
        Assert.Equal(name + ".partial", EpochName.Partial(epoch));
        Assert.Equal(epoch, EpochName.Parse(name));
        Assert.Equal(epoch, EpochName.ParseAny(name));
        Assert.Equal(epoch, EpochName.ParseAny(name + ".partial"));
    }

    [Fact]
    public void Parse_OfAnEpochInTheMaking_IsNothing() => Assert.Null(EpochName.Parse(EpochName.Partial(7)));

    [Theory]
    [InlineData("")]
    [InlineData("epoch-")]
    [InlineData("epoch-000000")]
    [InlineData("epoch-1")]
    [InlineData("epoch-0000001")]
    [InlineData("epoch-+00001")]
    [InlineData("epoch- 00001")]
    [InlineData("epoch--00001")]
    [InlineData("epoch-00000a")]
    [InlineData("epoch-000001 ")]
    [InlineData("epoch-000001\n")]
    [InlineData("Epoch-000001")]
    [InlineData("epoch-٠٠٠٠٠١")]
    [InlineData("epoch-1000000")]
    [InlineData("epoch-2147483647")]
    [InlineData("epoch-99999999999")]
    [InlineData("latest")]
    [InlineData("epoch-000001.partial.partial")]
    [InlineData(".partial")]
    public void Parse_OfAnotherThingsName_IsNothing(string name)
    {
        Assert.Null(EpochName.Parse(name));
        Assert.Null(EpochName.ParseAny(name));
    }
}
