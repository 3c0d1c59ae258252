using System.Buffers.Binary;
using System.Numerics;

namespace HpcCr.Coordinator;

/// <summary>
/// How records lie in a journal:
/// <code>
/// file:    "hpccr journal 1\n"  record*
/// record:  mark (4 bytes)  length (4)  CRC-32C of length and payload (4)  payload        numbers little endian
/// </code>
/// </summary>
internal static class JournalFormat
{
    /// <summary>The longest payload, in bytes: twice what a gRPC message may bring.</summary>
    public const int MaximumPayload = 32 << 20;

    /// <summary>What comes before a payload, in bytes.</summary>
    public const int RecordHead = 12;

    // What lies behind a fault is searched for records only so far; more than that is no torn end in any case.
    private const long LongestTail = 64 << 20;

    /// <summary>What a journal begins with.</summary>
    public static ReadOnlySpan<byte> Header => "hpccr journal 1\n"u8;

    private static ReadOnlySpan<byte> Mark => [0xf3, (byte)'h', (byte)'j', (byte)'r'];

    /// <summary>Appends a record to what is to be written.</summary>
    public static void Write(Stream target, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[RecordHead];
        Mark.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Checksum(payload));
        target.Write(head);
        target.Write(payload);
    }

    /// <summary>Reads a journal from its beginning. Whatever it holds, this ends, and takes no more memory than its length says, up to 64 MiB.</summary>
    /// <param name="source">The file.</param>
    /// <param name="record">Called with each payload, in order.</param>
    public static JournalScan Read(Stream source, Action<byte[]> record)
    {
        Span<byte> header = stackalloc byte[Header.Length];
        var got = source.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (!header[..got].SequenceEqual(Header[..got]))
            return new JournalScan(JournalEnd.NoJournal, 0, source.Length);
        if (got < Header.Length)
            return new JournalScan(got == 0 ? JournalEnd.Whole : JournalEnd.Torn, 0, source.Length);
        var length = source.Length;
        var good = (long)Header.Length;
        while (good < length)
        {
            if (ReadOne(source, length - good) is not { } payload)
                return new JournalScan(HasRecordBehind(source, good + 1) ? JournalEnd.Damaged : JournalEnd.Torn, good, length);
            record(payload);
            good += RecordHead + payload.Length;
        }

        return new JournalScan(JournalEnd.Whole, good, length);
    }

    private static byte[]? ReadOne(Stream source, long left)
    {
        Span<byte> head = stackalloc byte[RecordHead];
        if (left < RecordHead || source.ReadAtLeast(head, RecordHead, throwOnEndOfStream: false) < RecordHead || !head.StartsWith(Mark))
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        if (length is < 0 or > MaximumPayload || length > left - RecordHead)
            return null;
        var payload = new byte[length];
        return source.ReadAtLeast(payload, length, throwOnEndOfStream: false) == length
            && Checksum(payload) == BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) ? payload : null;
    }

    // A torn end has nothing behind it. Records that follow would be lost if the file was cut here.
    private static bool HasRecordBehind(Stream source, long from)
    {
        if (source.Length - from > LongestTail)
            return true;
        var tail = new byte[source.Length - from];
        source.Position = from;
        tail = tail[..source.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false)];
        var patience = LongestTail;
        for (var at = 0; tail.AsSpan(at).IndexOf(Mark) is >= 0 and var next; at++)
        {
            at += next;
            if (patience < 0 || IsRecord(tail.AsSpan(at), ref patience))
                return true;
        }

        return false;
    }

    private static bool IsRecord(ReadOnlySpan<byte> bytes, ref long patience)
    {
        if (bytes.Length < RecordHead || BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) is var length && (length < 0 || length > bytes.Length - RecordHead))
            return false;
        patience -= length;
        return Checksum(bytes.Slice(RecordHead, length)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
    }

    private static uint Checksum(ReadOnlySpan<byte> payload)
    {
        var sum = BitOperations.Crc32C(uint.MaxValue, (uint)payload.Length);
        while (payload.Length >= sizeof(ulong))
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(payload));
            payload = payload[sizeof(ulong)..];
        }

        foreach (var last in payload)
            sum = BitOperations.Crc32C(sum, last);
        return ~sum;
    }
}
