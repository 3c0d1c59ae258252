using System.Text.Json;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>A line of a plugin; see <see cref="HostLine"/>. Of <c>hello</c>, <c>id</c>, <c>ask</c> and <c>log</c> there is exactly one.</summary>
internal sealed record PluginLine
{
    private const int ShownCharacters = 60;

    /// <summary>The first line of all.</summary>
    public PluginHello? Hello { get; init; }

    /// <summary>The number of the event that this answers.</summary>
    public int? Id { get; init; }

    /// <summary>It is done.</summary>
    public bool? Ok { get; init; }

    /// <summary>Why the epoch or restart must end.</summary>
    public string? Veto { get; init; }

    /// <summary>With a veto: what to do about it.</summary>
    public string? Remedy { get; init; }

    /// <summary>PreDump: why it is too early.</summary>
    public string? Busy { get; init; }

    /// <summary>Quiesce: connections that it will see to.</summary>
    public IReadOnlyList<ConnectionClaim>? Claims { get; init; }

    /// <summary>Quiesce: unix sockets and pipes that it will replace.</summary>
    public IReadOnlyList<string>? Ends { get; init; }

    /// <summary>Quiesce: devices that the engine saves by itself.</summary>
    public IReadOnlyList<string>? EngineDevices { get; init; }

    /// <summary>PreDump: what a restart is to tell it.</summary>
    public string? State { get; init; }

    /// <summary>Reconnect: a connected TCP socket of its process. Replace: a unix socket or pipe likewise.</summary>
    public int? Descriptor { get; init; }

    /// <summary>Reconnect: what the job is to read first, in base64.</summary>
    public byte[]? Unread { get; init; }

    /// <summary>The number of a question.</summary>
    public int? Ask { get; init; }

    /// <summary>A value for all nodes.</summary>
    public KeyValue? Put { get; init; }

    /// <summary>The name of a value to wait for.</summary>
    public string? Get { get; init; }

    /// <summary>A barrier to wait at.</summary>
    public string? Barrier { get; init; }

    /// <summary>A command to run in the sandbox.</summary>
    public IReadOnlyList<string>? Run { get; init; }

    /// <summary>Text for people.</summary>
    public string? Log { get; init; }

    /// <summary>Reads a line.</summary>
    /// <exception cref="PluginFault">It is none of this protocol.</exception>
    public static PluginLine Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, PluginJson.Default.PluginLine) is { } line && line.IsWhole
                ? line
                : throw new PluginFault($"sent a line that says nothing: {Shown(bytes)}");
        }
        catch (JsonException)
        {
            throw new PluginFault($"sent a line that is not of the protocol: {Shown(bytes)}");
        }
    }

    private bool IsWhole =>
        (Hello is null ? 0 : 1) + (Id is null ? 0 : 1) + (Ask is null ? 0 : 1) + (Log is null ? 0 : 1) == 1
        && (Ask is null || (Put is null ? 0 : 1) + (Get is null ? 0 : 1) + (Barrier is null ? 0 : 1) + (Run is null ? 0 : 1) == 1)
        && (Id is null || (Ok is true ? 1 : 0) + (Veto is null ? 0 : 1) + (Busy is null ? 0 : 1) == 1)
        && !HasGap(Claims) && !HasGap(Ends) && !HasGap(EngineDevices) && !HasGap(Run) && !HasGap(Hello?.Events);

    private static bool HasGap<T>(IReadOnlyList<T>? list)
        where T : class => list?.Contains(null!) == true;

    /// <summary>What a plugin said, made fit for a sentence.</summary>
    public static string Shown(ReadOnlySpan<byte> bytes)
    {
        var text = PluginText.Printable(System.Text.Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownCharacters)]));
        return $"'{text}{(bytes.Length > ShownCharacters ? "..." : "")}'";
    }
}
