namespace HpcCr.Launcher;

/// <summary>What a plugin gives to itself on the job's other nodes.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">The value.</param>
internal sealed record KeyValue(string Key, string Value);
