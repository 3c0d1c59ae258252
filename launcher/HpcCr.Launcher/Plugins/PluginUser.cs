namespace HpcCr.Launcher;

/// <summary>As whom a plugin runs.</summary>
internal enum PluginUser
{
    /// <summary>The job's user.</summary>
    User,

    /// <summary>Root; only where its files are root's.</summary>
    Root,
}
