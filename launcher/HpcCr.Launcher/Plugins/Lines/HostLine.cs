using HpcCr.Plugins;

namespace HpcCr.Launcher;

//   launcher                                                     plugin
//     {"hello":{"api":1,"job":...}}      ------------------------->
//            <-------------------------   {"hello":{"api":1,"name":...,"events":[...]}}
//     {"event":"quiesce","id":1,"deadlineMs":5000,...}  ---------->
//            <-------------------------   {"ask":1,"get":"k"}      as often as it likes, {"log":"text"} too
//     {"answer":1,"value":"v"}           ------------------------->
//            <-------------------------   {"id":1,"ok":true,...}   or {"id":1,"veto":"why"}, or {"id":1,"busy":"why"}
//     end of the stream                  ------------------------->   it ends within two seconds

/// <summary>A line to a plugin: a greeting, an event, or the answer to what it asked.</summary>
internal sealed record HostLine
{
    /// <summary>The first line of all.</summary>
    public HostHello? Hello { get; init; }

    /// <summary>An event: one of <see cref="PluginEvents"/>.</summary>
    public string? Event { get; init; }

    /// <summary>The event's number.</summary>
    public int? Id { get; init; }

    /// <summary>How long the plugin may take, in milliseconds.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>Quiesce and restored: the sandbox's processes.</summary>
    public IReadOnlyList<int>? Pids { get; init; }

    /// <summary>Quiesce: connections to the outside. PreDump: those of them that the plugin has claimed.</summary>
    public IReadOnlyList<OutsideConnection>? Connections { get; init; }

    /// <summary>Quiesce: unix sockets and pipes to the outside.</summary>
    public IReadOnlyList<OutsideEnd>? Ends { get; init; }

    /// <summary>Replace: which.</summary>
    public OutsideEnd? End { get; init; }

    /// <summary>Reconnect: which.</summary>
    public OutsideConnection? Connection { get; init; }

    /// <summary>Reconnect: what the job had not read, in base64.</summary>
    public byte[]? Unread { get; init; }

    /// <summary>Reconnect: what the old peer had not acknowledged, in base64.</summary>
    public byte[]? Unsent { get; init; }

    /// <summary>PreRestore, reconnect, replace and restored: what the plugin left in the epoch.</summary>
    public string? State { get; init; }

    /// <summary>The answer to the question of this number.</summary>
    public int? Answer { get; init; }

    /// <summary>The value that was asked for.</summary>
    public string? Value { get; init; }

    /// <summary>Why there is no such answer.</summary>
    public string? Failure { get; init; }
}
