namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A lab in which a job is soon given up, and soon fenced off.</summary>
public sealed class FencingLab() : Lab(4)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "fencing";

    /// <summary>How long a part of a job runs without a word from the coordinator.</summary>
    internal static readonly TimeSpan FenceAfter = TimeSpan.FromSeconds(6);

    private protected override IReadOnlyList<string> UpOptions => ["--lease", "3s", "--fence-after", $"{FenceAfter.TotalSeconds}s"];
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(FencingLab.Name)]
public sealed class FencingTests : ICollectionFixture<FencingLab>;
