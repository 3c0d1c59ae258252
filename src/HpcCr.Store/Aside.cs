using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>What a restart has set aside of a file of the job.</summary>
/// <param name="Record">What it was.</param>
/// <param name="Bytes">The file with the bytes.</param>
public sealed record Aside(AsideRecord Record, string Bytes);
