namespace HpcCr.Core;

/// <summary>One file of an epoch.</summary>
/// <param name="Path">Below the node's folder, with '/' between parts and no part that leads out.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">SHA-256 of the contents, 64 hex digits.</param>
public sealed record ImageRecord(string Path, long Size, string Sha256);
