namespace HpcCr.SystemTests.Infrastructure;

/// <summary>No lab: a run folder in which commands find no coordinator and start one themselves.</summary>
public sealed class EmbeddedPlace() : Lab(0)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "embedded";
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(EmbeddedPlace.Name)]
public sealed class EmbeddedTests : ICollectionFixture<EmbeddedPlace>;
