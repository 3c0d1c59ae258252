namespace HpcCr.Coordinator.Tests.Journaling;

public sealed class JournalFormatTests
{
    private static readonly byte[][] Some = [[1, 2, 3], [], [.. Enumerable.Range(0, 300).Select(i => (byte)i)], [9]];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Fact]
    public void Read_OfWhatWasWritten_GivesItBack() => IsRead(JournalEnd.Whole, Some, Journal(Some));

    [Fact]
    public void Read_OfAnEmptyFile_IsAnEmptyJournal() => IsRead(JournalEnd.Whole, [], []);

    [Fact]
    public void Read_OfEveryBeginning_GivesTheRecordsThatAreWholeAndSaysThatItIsTorn()
    {
        var whole = Journal(Some);
        var ends = Some.Select((_, i) => Journal(Some[..(i + 1)]).Length).Prepend(JournalFormat.Header.Length).ToList();
        for (var length = 1; length < whole.Length; length++)
        {
            var (end, records) = Read(whole[..length]);
            Assert.Equal(ends.Contains(length) ? JournalEnd.Whole : JournalEnd.Torn, end);
            Assert.Equal(Some[..Math.Max(0, ends.FindLastIndex(e => e <= length))], records);
        }
    }

    [Fact]
    public void Read_WithAnyBitFlipped_LosesNothingBehindItWithoutAWord()
    {
        var whole = Journal(Some);
        var lastRecord = Journal(Some[..^1]).Length;
        for (var bit = 8 * JournalFormat.Header.Length; bit < 8 * whole.Length; bit++)
        {
            var flipped = whole.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            var (end, records) = Read(flipped);

            Assert.Equal(bit / 8 >= lastRecord ? JournalEnd.Torn : JournalEnd.Damaged, end);
            Assert.Equal(Some[..records.Count], records);
        }
    }

    [Fact]
    public void Read_OfAnotherFile_IsNoJournal()
    {
        IsRead(JournalEnd.NoJournal, [], "#!/bin/sh and so on\n"u8.ToArray());
        IsRead(JournalEnd.NoJournal, [], "hpccr journal 2\n"u8.ToArray());
    }

    [Fact]
    public void Read_OfAnEndOfZeros_IsTorn() => IsRead(JournalEnd.Torn, Some, [.. Journal(Some), .. new byte[5000]]);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Read_OfAnythingAtAll_EndsAndTakesNoMoreMemoryThanItsLength(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var bytes = Journal([.. Enumerable.Range(0, random.Next(6)).Select(_ => Bytes(random, random.Next(200)))]);
            Damage(random, ref bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();

            var (_, records) = Read(bytes);

            Assert.True(records.Sum(r => r.Length) <= bytes.Length);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < (4 * bytes.Length) + 20_000);
        }
    }

    private static void Damage(Random random, ref byte[] bytes)
    {
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(bytes.Length + 1);
            bytes = random.Next(5) switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], .. Bytes(random, random.Next(40)), .. bytes[at..]],
                2 => [.. bytes, .. bytes[at..]],
                // A record's head, with any length.
                3 => [.. bytes[..at], 0xf3, (byte)'h', (byte)'j', (byte)'r', .. Bytes(random, 8), .. bytes[at..]],
                _ => [.. bytes[..at], .. bytes[at..].Select(b => (byte)(b ^ (random.Next(20) == 0 ? 0xff : 0)))],
            };
        }
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Journal(byte[][] records)
    {
        using var stream = new MemoryStream();
        stream.Write(JournalFormat.Header);
        foreach (var record in records)
            JournalFormat.Write(stream, record);
        return stream.ToArray();
    }

    private static void IsRead(JournalEnd end, byte[][] records, byte[] bytes)
    {
        var read = Read(bytes);
        Assert.Equal(end, read.End);
        Assert.Equal(records, read.Records);
    }

    private static (JournalEnd End, List<byte[]> Records) Read(byte[] bytes)
    {
        var records = new List<byte[]>();
        var scan = JournalFormat.Read(new MemoryStream(bytes), records.Add);
        return (scan.End, records);
    }
}
