namespace HpcCr.Core;

/// <summary>Huge pages (hugetlb) that a restore of a sandbox needs.</summary>
/// <param name="Bytes">The size of one.</param>
/// <param name="Count">How many.</param>
public sealed record HugePagesRecord(long Bytes, long Count);
