using HpcCr.Core;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>The timers that the job had set on its sockets: the images have them switched off, or not at all.</summary>
internal static class SandboxTimers
{
    /// <summary>Those of a sandbox's sockets, by the addresses that they have now.</summary>
    public static IEnumerable<RecordedTimers> Of(ManifestNode sandbox, MovedSockets sockets) =>
        sockets.Alive.Where(c => c.Record.KeepAlive || c.Record.UserTimeoutMilliseconds > 0)
            .Select(c => new RecordedTimers
            {
                Local = c.Ends.Local,
                Remote = c.Ends.Remote,
                KeepAlive = c.Record.KeepAlive,
                UserTimeoutMs = c.Record.UserTimeoutMilliseconds,
            })
            .Concat((sandbox.ListenerTimeouts ?? []).Select(t => new RecordedTimers { Local = sockets.Moved(t.Local), UserTimeoutMs = t.Milliseconds }));
}
