using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace HpcCr.Core;

/// <summary>What becomes of connections to one peer outside the job: <c>10.0.0.7:6379=close</c>, <c>[fd00::7]:27000=keep</c>, <c>*=fail</c>.</summary>
/// <param name="Address">The peer's address; null: any.</param>
/// <param name="Port">The peer's port; 0: any.</param>
/// <param name="Policy">What becomes of them.</param>
public sealed record OutsideRule(IPAddress? Address, int Port, OutsidePolicy Policy)
{
    private const string AnyAddress = "*";

    /// <summary>Reads a rule.</summary>
    /// <exception cref="HpcCrException">It is none (usage).</exception>
    public static OutsideRule Parse(string text) => TryParse(text, out var rule) ? rule : throw new HpcCrException(FailureKind.Usage,
        $"'{JobName.Printable(text)}' says nothing about connections to outside",
        "Write ADDRESS[:PORT]=close, =fail or =keep, the address in numbers (IPv6 in brackets) or *: 10.0.0.7:6379=close, [fd00::7]:27000=keep, *=fail.");

    /// <summary>Reads a rule; false when it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out OutsideRule? rule)
    {
        ArgumentNullException.ThrowIfNull(text);
        rule = null;
        var (end, word) = text.LastIndexOf('=') is var equals and > 0 ? (text[..equals], text[(equals + 1)..]) : ("", "");
        if (PolicyOf(word) is not { } policy)
            return false;
        var port = 0;
        // A colon inside brackets, or several without any, belongs to an IPv6 address.
        if (end.LastIndexOf(':') is var colon and > 0 && (end[colon - 1] == ']' || end.IndexOf(':', StringComparison.Ordinal) == colon))
        {
            if (!int.TryParse(end[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > IPEndPoint.MaxPort)
                return false;
            end = end[..colon];
        }

        IPAddress? address = null;
        if (end != AnyAddress && !TryParseAddress(end, out address))
            return false;
        rule = new OutsideRule(address, port, policy);
        return true;
    }

    /// <summary>Whether it speaks of a connection.</summary>
    /// <param name="remote">The peer's end, an IPv4 one not mapped.</param>
    public bool Fits(IPEndPoint remote)
    {
        ArgumentNullException.ThrowIfNull(remote);
        return (Address is null || Address.Equals(remote.Address)) && (Port == 0 || Port == remote.Port);
    }

    /// <summary>As it is written.</summary>
    public override string ToString()
    {
        var address = Address is null ? AnyAddress : Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Address}]" : Address.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{address}{(Port == 0 ? "" : $":{Port}")}={Word(Policy)}");
    }

    private static string Word(OutsidePolicy policy) => policy switch
    {
        OutsidePolicy.Close => "close",
        OutsidePolicy.Fail => "fail",
        _ => "keep",
    };

    private static OutsidePolicy? PolicyOf(string word) =>
        Enum.GetValues<OutsidePolicy>().Where(policy => Word(policy) == word).Select(policy => (OutsidePolicy?)policy).FirstOrDefault();

    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        var inBrackets = text.StartsWith('[') && text.EndsWith(']');
        var bare = inBrackets ? text[1..^1] : text;
        // "10" and "0x7f.1" are addresses to the parser, and never what was meant.
        if (!IPAddress.TryParse(bare, out address) || (inBrackets || bare.Contains(':', StringComparison.Ordinal) ? address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6 : address.ToString() != bare))
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return true;
    }
}
