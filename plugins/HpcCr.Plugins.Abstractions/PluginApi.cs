namespace HpcCr.Plugins;

/// <summary>The version of this interface, in .NET and in the lines of JSON alike.</summary>
public static class PluginApi
{
    /// <summary>It changes when a plugin of before would misunderstand what it is told; what is added does not change it.</summary>
    public const int Version = 1;
}
