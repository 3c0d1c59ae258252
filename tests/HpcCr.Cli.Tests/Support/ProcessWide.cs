namespace HpcCr.Cli.Tests.Support;

/// <summary>Environment variables that a test sets; put back when it is over. Such tests run one after the other.</summary>
[CollectionDefinition(nameof(ProcessWide))]
public sealed class ProcessWide : IDisposable
{
    private readonly Dictionary<string, string?> _before = [];

    public void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before) Environment.SetEnvironmentVariable(name, value);
    }
}
