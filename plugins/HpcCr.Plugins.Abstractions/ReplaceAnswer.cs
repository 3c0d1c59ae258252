namespace HpcCr.Plugins;

/// <summary>What takes the old one's place.</summary>
public sealed record ReplaceAnswer
{
    /// <summary>The descriptor of an open unix socket or pipe in the plugin's process; it must stay open until the process ends.</summary>
    public required int Descriptor { get; init; }
}
