using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>A connection to the outside that a plugin sees to.</summary>
/// <param name="Plugin">Which.</param>
/// <param name="Policy">What becomes of it in a restart: see <see cref="ConnectionClaim"/>.</param>
/// <param name="Connection">The connection.</param>
internal sealed record PluginClaim(string Plugin, string Policy, OutsideConnection Connection);
