namespace HpcCr.Core.Tests.Naming;

public sealed class NodeNameTests
{
    [Theory]
    [InlineData("n")]
    [InlineData("node1")]
    [InlineData("Node-01.cluster.example")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123")]
    public void Check_OfAHostName_ReturnsIt(string name) => Assert.Equal(name, NodeName.Check(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-n")]
    [InlineData("n-")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("n.")]
    [InlineData("../n")]
    [InlineData("n/../m")]
    [InlineData("n m")]
    [InlineData("n\n")]
    [InlineData("n\0")]
    [InlineData("n,m")]
    [InlineData("n:22")]
    [InlineData("user@n")]
    [InlineData("n_1")]
    [InlineData("nöde")]
    [InlineData("manifest.json")]
    [InlineData("stdout")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public void Check_OfAnythingElse_IsWrongUsage(string? name)
    {
        Assert.False(NodeName.IsValid(name));

        Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => NodeName.Check(name)).Kind);
    }

    [Theory]
    [InlineData("n1", "n1")]
    [InlineData("n1,n2,n3", "n1|n2|n3")]
    [InlineData(" n2 , n1,", "n2|n1")]
    public void ParseList_OfNames_KeepsTheirOrder(string text, string expected) => Assert.Equal(expected, string.Join('|', NodeName.ParseList(text)));

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" , ,", "empty")]
    [InlineData("n1,n2,n1", "stands twice")]
    [InlineData("n1,../n2", "is not a node name")]
    [InlineData("n1;n2", "is not a node name")]
    public void ParseList_OfAnythingElse_SaysWhatIsWrong(string text, string why)
    {
        var failure = Assert.Throws<HpcCrException>(() => NodeName.ParseList(text));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("n1=n3", "n1>n3")]
    [InlineData("n1=n2,n2=n1", "n1>n2|n2>n1")]
    [InlineData(" n1=n3 , n2=n3,", "n1>n3|n2>n3")]
    [InlineData("n1=n1", "n1>n1")]
    public void ParseMap_OfPairs_ReadsThem(string? text, string expected) =>
        Assert.Equal(expected, string.Join('|', NodeName.ParseMap(text).Select(p => $"{p.Key}>{p.Value}").Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" ,", "empty")]
    [InlineData("n1", "which node takes whose place")]
    [InlineData("n1=n2=n3", "which node takes whose place")]
    [InlineData("n1=n3,n1=n4", "exchanged twice")]
    [InlineData("n1=", "is not a node name")]
    [InlineData("=n1", "is not a node name")]
    [InlineData("n1=../n2", "is not a node name")]
    [InlineData("n1:n2", "which node takes whose place")]
    public void ParseMap_OfAnythingElse_SaysWhatIsWrong(string text, string why)
    {
        var failure = Assert.Throws<HpcCrException>(() => NodeName.ParseMap(text));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }
}
