using System.Globalization;
using System.Net;

namespace HpcCr.Linux;

/// <summary>A group that a socket has joined.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Interface">The name of the interface.</param>
/// <param name="Sources">Whose packets are taken alone, or not at all; null: those of everybody are taken.</param>
/// <param name="IsIncluding">Whether the packets of those sources are taken alone.</param>
public sealed record MulticastGroup(string Address, string Interface, IReadOnlyList<string>? Sources = null, bool IsIncluding = false);

/// <summary>The groups that anybody in the calling thread's network namespace has joined (/proc/net/igmp and igmp6).</summary>
internal static class MulticastGroups
{
    /// <summary>Group and interface.</summary>
    internal static IReadOnlyList<(IPAddress Group, uint Interface)> Joined() => [.. OfIPv4(), .. OfIPv6()];

    // A line per interface, then indented ones with its groups, as numbers of the machine's byte order.
    private static IEnumerable<(IPAddress, uint)> OfIPv4()
    {
        uint index = 0;
        foreach (var line in Lines("igmp").Skip(1))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
                continue;
            if (!char.IsWhiteSpace(line[0]))
                index = uint.Parse(fields[0], CultureInfo.InvariantCulture);
            else if (uint.TryParse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var group))
                yield return (new IPAddress(group), index);
        }
    }

    private static IEnumerable<(IPAddress, uint)> OfIPv6() =>
        from line in Lines("igmp6")
        let fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > 2 && fields[2].Length == 32
        select (new IPAddress(Convert.FromHexString(fields[2])), uint.Parse(fields[0], CultureInfo.InvariantCulture));

    private static string[] Lines(string table) => (ProcFs.Read($"/proc/thread-self/net/{table}") ?? "").Split('\n');
}
