namespace HpcCr.Plugins.Abstractions.Tests;

public sealed class PublicSurfaceTests
{
    /// <summary>
    /// Plugins are compiled against this interface and go on being used: what is removed or changed here needs another
    /// <see cref="PluginApi.Version"/>. What was changed on purpose is written into PublicSurface.txt.
    /// </summary>
    [Fact]
    public void Interface_IsTheOneThatPluginsWereWrittenFor()
    {
        using var stored = new StreamReader(typeof(PublicSurfaceTests).Assembly.GetManifestResourceStream("PublicSurface.txt")!);
        var expected = stored.ReadToEnd();
        var now = Path.Combine(AppContext.BaseDirectory, "PublicSurface.txt");
        File.WriteAllLines(now, PublicSurface.Of(typeof(PluginApi).Assembly));

        Assert.True(expected == File.ReadAllText(now), $"the public interface of plugins has changed; {now} has what it is now");
    }

    [Fact]
    public void Interface_NeedsNothingButTheRuntime() => Assert.DoesNotContain(typeof(PluginApi).Assembly.GetReferencedAssemblies(),
        reference => !reference.Name!.StartsWith("System.", StringComparison.Ordinal));

    [Fact]
    public void Event_HasADefault_SoThatAPluginWritesOnlyWhatItWants() =>
        Assert.All(typeof(ICheckpointPlugin).GetMethods(), method => Assert.False(method.IsAbstract, method.Name));
}
