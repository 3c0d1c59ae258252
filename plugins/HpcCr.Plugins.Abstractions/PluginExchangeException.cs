namespace HpcCr.Plugins;

/// <summary>A value or a barrier that did not come about.</summary>
/// <param name="message">Why.</param>
public sealed class PluginExchangeException(string message) : Exception(message);
