namespace HpcCr.SystemTests.Infrastructure;

/// <summary>The lab of the tests of plugins.</summary>
public sealed class PluginsLab() : Lab(2)
{
    /// <summary>The collection's name.</summary>
    public const string Name = "plugins";

    /// <summary>Where its nodes have plugins that are installed.</summary>
    internal string Installed => Path.Combine(RunFolder, "lab", "plugins");
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(PluginsLab.Name)]
public sealed class PluginsTests : ICollectionFixture<PluginsLab>;
