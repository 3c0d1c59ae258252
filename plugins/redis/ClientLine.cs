using System.Globalization;

namespace HpcCr.Plugins.Redis;

/// <summary>What CLIENT LIST says of one client.</summary>
internal sealed class ClientLine
{
    private readonly Dictionary<string, string> _fields;

    private ClientLine(Dictionary<string, string> fields) => _fields = fields;

    /// <summary>The client's end, as the server sees it.</summary>
    public string Address => _fields.GetValueOrDefault("addr", "");

    /// <summary>Reads the answer of CLIENT LIST.</summary>
    public static IReadOnlyList<ClientLine> Parse(string answer) =>
    [
        .. answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => new ClientLine(line.Split(' ')
            .Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]))),
    ];

    /// <summary>What is under way there and will soon be over; null: nothing.</summary>
    public string? Busy =>
        Number("qbuf") > 0 ? $"a command of which the server has {Number("qbuf")} bytes"
        : Number("argv-mem") > 0 ? "a command of which a part is still to come"
        : Number("obl") > 0 || Number("oll") > 0 ? "an answer that the server has not sent yet"
        : null;

    /// <summary>What the session has that cannot be made again; null: nothing.</summary>
    public (string What, string Remedy)? Obstacle
    {
        get
        {
            var flags = _fields.GetValueOrDefault("flags", "");
            if (Number("multi") >= 0 || flags.Contains('x'))
                return ("is inside MULTI", "Checkpoint again after its EXEC.");
            if (Number("watch") > 0)
                return ("watches keys for a transaction (WATCH)", "Checkpoint again after its EXEC or UNWATCH.");
            if (Number("sub") + Number("psub") + Math.Max(0, Number("ssub")) > 0)
                return ("has subscriptions, and what is published while the job is away would be lost to it", "Have the program subscribe over a connection that a rule closes (`--outside`), if it subscribes anew.");
            if (flags.Contains('b'))
                return ("waits in a blocking command, whose answer is still to come", "Checkpoint again when it has come, or give the command a time-out.");
            if (flags.Contains('O'))
                return ("is a monitor", "End MONITOR first.");
            if (flags.Contains('S') || flags.Contains('M'))
                return ("is a replica or its master", "Redis servers are not checkpointed with their clients.");
            if (flags.Contains('t') || flags.Contains('B') || flags.Contains('R'))
                return ("has client-side caching (CLIENT TRACKING), whose invalidations would be lost", "Switch it off, or checkpoint without the plugin.");
            return null;
        }
    }

    /// <summary>What is to be made again.</summary>
    public RedisSession Session(uint id)
    {
        var flags = _fields.GetValueOrDefault("flags", "");
        return new RedisSession(id, _fields.GetValueOrDefault("user", "default"), Math.Max(0, Number("db")), _fields.GetValueOrDefault("name", ""),
            Number("resp") == 3 ? 3 : 2, flags.Contains('e'), flags.Contains('r'));
    }

    private int Number(string field) => int.TryParse(_fields.GetValueOrDefault(field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
