using System.Net;
using System.Net.Sockets;

namespace HpcCr.Cli.Connection;

/// <summary>Where a coordinator listens.</summary>
internal abstract record CoordinatorAddress
{
    /// <summary>The variable that names a coordinator.</summary>
    public const string Variable = "HPCCR_COORDINATOR";

    /// <summary>The variable that names the cluster's key file.</summary>
    public const string KeyVariable = "HPCCR_KEY_FILE";

    private const string DefaultKeyFile = "/etc/hpccr/cluster.pem";

    /// <summary>The cluster's key file on this node.</summary>
    public static string LocalKeyFile => Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } file ? file : DefaultKeyFile;

    /// <summary>Reads <c>unix:/path</c> or <c>host:port</c>.</summary>
    /// <exception cref="HpcCrException">It is neither (usage).</exception>
    public static CoordinatorAddress Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            var path = text["unix:".Length..];
            if (path.StartsWith("///", StringComparison.Ordinal)) path = path[2..];
            return path.StartsWith('/') && !path.Contains('\0') ? new UnixAddress(path) : throw Wrong(text);
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port) || port == 0) throw Wrong(text);
        var host = text[..colon].Trim('[', ']');
        if (!NodeName.IsValid(host) && !IPAddress.TryParse(host, out _)) throw Wrong(text);
        return new TcpAddress(host, port, LocalKeyFile);
    }

    private static HpcCrException Wrong(string text) =>
        new(FailureKind.Usage, $"'{JobName.Printable(text)}' is not the address of a coordinator", "Write it as unix:/run/hpccr/coordinator.sock or head:7733.");
}

/// <summary>A coordinator on this node.</summary>
/// <param name="Path">Its socket.</param>
internal sealed record UnixAddress(string Path) : CoordinatorAddress
{
    /// <summary>Whether somebody listens there.</summary>
    public bool IsAnswering()
    {
        if (!File.Exists(Path)) return false;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(Path));
            return true;
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"unix:{Path}";
}

/// <summary>A coordinator on another node.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="KeyFile">The cluster's key.</param>
internal sealed record TcpAddress(string Host, int Port, string KeyFile) : CoordinatorAddress
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}
