using System.Globalization;

namespace HpcCr.Linux;

/// <summary>UDP sockets in whose receive queue datagrams wait (/proc/net/udp, of the calling thread's network namespace).</summary>
public static class Datagrams
{
    private const int QueuesField = 4;
    private const int InodeField = 9;
    private static readonly string[] Tables = ["udp", "udp6", "udplite", "udplite6"];

    /// <summary>Their inodes, with the memory that the queue takes, in bytes.</summary>
    public static IReadOnlyDictionary<uint, long> Waiting()
    {
        var waiting = new Dictionary<uint, long>();
        foreach (var line in Tables.SelectMany(table => (ProcFs.Read($"/proc/thread-self/net/{table}") ?? "").Split('\n').Skip(1)))
        {
            // sl local remote state tx:rx timer retransmits uid timeout inode ...
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > InodeField && fields[QueuesField].Split(':') is [_, var queue] && Convert.ToInt64(queue, 16) is var bytes and > 0)
                waiting[uint.Parse(fields[InodeField], CultureInfo.InvariantCulture)] = bytes;
        }

        return waiting;
    }
}
