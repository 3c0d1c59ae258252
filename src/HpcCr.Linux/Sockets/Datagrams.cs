using System.Globalization;

namespace HpcCr.Linux;

/// <summary>UDP sockets in whose receive queue datagrams wait (/proc/net/udp, of the calling thread's network namespace).</summary>
public static class Datagrams
{
    private const int RemoteField = 2;
    private const int QueuesField = 4;
    private const int InodeField = 9;
    private static readonly string[] Tables = ["udp", "udp6", "udplite", "udplite6"];
    private static readonly string[] RawTables = ["raw", "raw6"];

    /// <summary>Their inodes, with the memory that the queue takes, in bytes.</summary>
    public static IReadOnlyDictionary<uint, long> Waiting()
    {
        var waiting = new Dictionary<uint, long>();
        foreach (var fields in Tables.SelectMany(Lines))
        {
            if (fields[QueuesField].Split(':') is [_, var queue] && Convert.ToInt64(queue, 16) is var bytes and > 0)
                waiting[uint.Parse(fields[InodeField], CultureInfo.InvariantCulture)] = bytes;
        }

        return waiting;
    }

    /// <summary>The inodes of raw sockets that have one peer.</summary>
    public static IReadOnlySet<uint> ConnectedRaw() =>
        RawTables.SelectMany(Lines).Where(fields => fields[RemoteField].Split(':')[0].Any(digit => digit != '0'))
            .Select(fields => uint.Parse(fields[InodeField], CultureInfo.InvariantCulture)).ToHashSet();

    // sl local remote state tx:rx timer retransmits uid timeout inode ...
    private static IEnumerable<string[]> Lines(string table) =>
        (ProcFs.Read($"/proc/thread-self/net/{table}") ?? "").Split('\n').Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields.Length > InodeField);
}
