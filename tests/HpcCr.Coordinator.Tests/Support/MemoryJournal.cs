namespace HpcCr.Coordinator.Tests.Support;

/// <summary>A journal that a test can look into, and of which it can make the disk fail.</summary>
internal sealed class MemoryJournal : IJournalStore
{
    private readonly System.Threading.Lock _gate = new();
    private readonly List<byte[]> _records = [];

    /// <summary>All records so far, also those that were replaced.</summary>
    public IReadOnlyList<byte[]> Records
    {
        get
        {
            lock (_gate)
                return [.. _records];
        }
    }

    /// <summary>How often everything was written anew.</summary>
    public int Replacements { get; private set; }

    /// <summary>Whether nothing can be written.</summary>
    public bool IsFull { get; set; }

    public long Length { get; private set; }

    public void Append(IReadOnlyList<byte[]> records, bool durable)
    {
        if (IsFull)
            throw new IOException("no space left");
        lock (_gate)
            _records.AddRange(records);
        Length += records.Sum(r => r.Length);
    }

    public void Replace(IEnumerable<byte[]> records)
    {
        if (IsFull)
            throw new IOException("no space left");
        Length = records.Sum(r => r.Length);
        Replacements++;
    }

    public void Dispose()
    {
    }
}
