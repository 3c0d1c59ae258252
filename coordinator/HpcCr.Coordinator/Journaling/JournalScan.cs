namespace HpcCr.Coordinator;

/// <summary>What was found out about a journal by reading it.</summary>
/// <param name="End">How that ended.</param>
/// <param name="Good">How many bytes from its beginning are good.</param>
/// <param name="Length">How many it has.</param>
internal readonly record struct JournalScan(JournalEnd End, long Good, long Length);
