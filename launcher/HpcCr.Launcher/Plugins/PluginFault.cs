namespace HpcCr.Launcher;

/// <summary>A plugin did what no plugin may: it ended, hung, or said what means nothing.</summary>
/// <param name="what">What it did, as the sentence goes on behind its name: <c>did not answer within 5 s</c>.</param>
internal sealed class PluginFault(string what) : Exception(what);
