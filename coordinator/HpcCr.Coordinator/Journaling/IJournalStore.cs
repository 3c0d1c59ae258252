namespace HpcCr.Coordinator;

/// <summary>Where a journal's records lie.</summary>
internal interface IJournalStore : IDisposable
{
    /// <summary>How long it is, in bytes.</summary>
    long Length { get; }

    /// <summary>Appends records.</summary>
    /// <param name="records">Their payloads.</param>
    /// <param name="durable">Whether they must outlive a crash of the node when this returns.</param>
    /// <exception cref="IOException">They may or may not be there; only <see cref="Replace"/> helps.</exception>
    void Append(IReadOnlyList<byte[]> records, bool durable);

    /// <summary>Puts these records in place of all, at once and durably.</summary>
    /// <exception cref="IOException">All is as it was.</exception>
    void Replace(IEnumerable<byte[]> records);
}
