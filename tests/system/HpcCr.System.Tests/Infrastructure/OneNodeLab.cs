namespace HpcCr.SystemTests.Infrastructure;

/// <summary>The lab of the tests of one node.</summary>
public sealed class OneNodeLab() : Lab(1)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "one node";
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(OneNodeLab.Name)]
public sealed class OneNodeTests : ICollectionFixture<OneNodeLab>;
