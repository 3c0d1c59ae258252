namespace HpcCr.Plugins;

/// <summary>The plugin says no: the epoch is aborted and the job runs on, or the restart is undone.</summary>
/// <param name="reason">What stands in the way, for people.</param>
/// <param name="remedy">What they can do about it.</param>
public sealed class PluginVetoException(string reason, string remedy = "") : Exception(reason)
{
    /// <summary>What to do about it; may be empty.</summary>
    public string Remedy { get; } = remedy;
}
