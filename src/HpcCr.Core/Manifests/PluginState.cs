namespace HpcCr.Core;

/// <summary>What a plugin left in an epoch, to be told again in a restart.</summary>
/// <param name="Plugin">Its name.</param>
/// <param name="State">Its own words.</param>
public sealed record PluginState(string Plugin, string State);
