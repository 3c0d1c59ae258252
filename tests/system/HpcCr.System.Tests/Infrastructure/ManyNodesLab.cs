namespace HpcCr.SystemTests.Infrastructure;

/// <summary>The lab of the tests of many nodes.</summary>
public sealed class ManyNodesLab() : Lab(4)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "many nodes";
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(ManyNodesLab.Name)]
public sealed class ManyNodesTests : ICollectionFixture<ManyNodesLab>;
