using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HpcCr.Linux;

/// <summary>The text of a lock, in nft(8)'s language.</summary>
/// <remarks>
/// The addresses are those that the sockets have. They are on the packets at the very beginning of `output`, and at the end of `input`, where
/// every translation (connection tracking, input-nat) has been undone; at its beginning too for what is not translated, before any other rule of the
/// host answers in the job's place. Packets with the engine's mark pass: with them it makes a restored socket believe that its peer has closed. Dropped in `output`, a segment counts as not sent, dropped in `input` as sent and lost; the socket's own timers send it later.
/// </remarks>
internal static class LockScript
{
    /// <summary>One transaction that makes the table, in place of an older one of the name.</summary>
    internal static string Create(string table, LockSpec spec)
    {
        var text = new StringBuilder(1024 + (96 * spec.Connections.Count));
        text.Append(Delete(table)).Append($"table inet {table} {{\n");
        foreach (var (name, type, elements) in Sets(spec))
            AppendSet(text, name, type, elements);
        text.Append("""
                chain locked_in {
                  meta mark 0xc114 return
                  ip daddr . tcp dport . ip saddr . tcp sport @c4 counter drop
                  ip6 daddr . tcp dport . ip6 saddr . tcp sport @c6 counter drop
                  tcp flags & (syn | ack | rst) == syn jump locked_syn
                }
                chain locked_syn {
                  ip daddr . tcp dport @l4 counter drop
                  ip6 daddr . tcp dport @l6 counter drop
                  meta nfproto ipv4 tcp dport @p4 counter drop
                  meta nfproto ipv6 tcp dport @p6 counter drop
                }
                chain output {
                  type filter hook output priority -1000; policy accept;
                  meta mark 0xc114 accept
                  ip saddr . tcp sport . ip daddr . tcp dport @c4 counter drop
                  ip6 saddr . tcp sport . ip6 daddr . tcp dport @c6 counter drop
                }
                chain input_first {
                  type filter hook input priority -1000; policy accept;
                  jump locked_in
                }
                chain input_last {
                  type filter hook input priority 1000; policy accept;
                  jump locked_in
                }
              }

              """);
        return text.ToString();
    }

    /// <summary>One transaction that fills an empty table.</summary>
    internal static string Fill(string table, LockSpec spec)
    {
        var text = new StringBuilder(1024 + (96 * spec.Connections.Count));
        foreach (var (name, _, elements) in Sets(spec))
        {
            var list = string.Join(",\n", elements);
            if (list.Length > 0)
                text.Append($"add element inet {table} {name} {{ {list} }}\n");
        }

        return text.ToString();
    }

    /// <summary>One transaction that makes a table of no effect. Rules can be added at once; removing anything takes a grace period of the kernel.</summary>
    internal static string Open(string table) => $"insert rule inet {table} output accept\ninsert rule inet {table} locked_in return\n";

    /// <summary>One transaction after which the table is not there, whether or not it was: adding what exists changes nothing.</summary>
    internal static string Delete(string table) => $"add table inet {table}\ndelete table inet {table}\n";

    private static IEnumerable<(string Name, string Type, IEnumerable<string> Elements)> Sets(LockSpec spec)
    {
        var connections = spec.Connections.Select(connection => connection.Normalised).ToHashSet();
        var listeners = spec.Listeners.Select(listener => listener.Normalised()).ToHashSet();
        var any = listeners.Where(listener => IsAny(listener.Address)).ToList();
        var exact = listeners.Except(any).ToList();
        return
        [
            ("c4", "ipv4_addr . inet_service . ipv4_addr . inet_service", connections.Where(tuple => IsIPv4(tuple)).Select(Element)),
            ("c6", "ipv6_addr . inet_service . ipv6_addr . inet_service", connections.Where(tuple => !IsIPv4(tuple)).Select(Element)),
            ("l4", "ipv4_addr . inet_service", exact.Where(IsIPv4).Select(Element)),
            ("l6", "ipv6_addr . inet_service", exact.Where(listener => !IsIPv4(listener)).Select(Element)),
            ("p4", "inet_service", any.Select(listener => $"{listener.Port}").Distinct()),
            ("p6", "inet_service", any.Where(listener => !IsIPv4(listener)).Select(listener => $"{listener.Port}")),
        ];
    }

    private static void AppendSet(StringBuilder text, string name, string type, IEnumerable<string> elements)
    {
        text.Append($"set {name} {{ type {type};");
        var before = " elements = { ";
        foreach (var element in elements)
        {
            text.Append(before).Append(element);
            before = ",\n";
        }
        text.Append(before[0] == ',' ? " }; }\n" : " }\n");
    }

    private static string Element(TcpTuple tuple) => $"{Element(tuple.Local)} . {Element(tuple.Remote)}";

    private static string Element(IPEndPoint point) => $"{WithoutScope(point.Address)} . {point.Port}";

    // Packets do not carry the interface of a link-local address.
    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsIPv4(TcpTuple tuple) => IsIPv4(tuple.Local) == IsIPv4(tuple.Remote)
        ? IsIPv4(tuple.Local)
        : throw new ArgumentException($"The ends of {tuple} are of different families.", nameof(tuple));

    private static bool IsIPv4(IPEndPoint point) => point.AddressFamily == AddressFamily.InterNetwork;
}
