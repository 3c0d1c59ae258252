namespace HpcCr.Launcher;

/// <summary>What a failure of a plugin costs.</summary>
internal enum PluginFailurePolicy
{
    /// <summary>The epoch or the restart.</summary>
    Abort,

    /// <summary>A line in the log; the plugin takes no more part in this attempt.</summary>
    Warn,
}
