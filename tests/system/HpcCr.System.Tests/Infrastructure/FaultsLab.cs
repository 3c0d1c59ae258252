namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A lab whose daemons and nodes get killed.</summary>
public sealed class FaultsLab() : Lab(2)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "faults";
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(FaultsLab.Name)]
public sealed class FaultsTests : ICollectionFixture<FaultsLab>;
