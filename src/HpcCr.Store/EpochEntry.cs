namespace HpcCr.Store;

/// <summary>A committed epoch in a job's folder.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Path">Its folder, absolute.</param>
public sealed record EpochEntry(int Epoch, string Path);
