using HpcCr.Core;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>The timers that the job had set on its sockets: the images have them switched off, or not at all.</summary>
internal static class SandboxTimers
{
    /// <summary>Those of a sandbox's sockets, by the addresses that they have now.</summary>
    public static IEnumerable<RecordedTimers> Of(ManifestNode sandbox) =>
        sandbox.Connections.Where(c => c.KeepAlive || c.UserTimeoutMilliseconds > 0)
            .Select(c => new RecordedTimers { Local = c.Local, Remote = c.Remote, KeepAlive = c.KeepAlive, UserTimeoutMs = c.UserTimeoutMilliseconds })
            .Concat((sandbox.ListenerTimeouts ?? []).Select(t => new RecordedTimers { Local = t.Local, UserTimeoutMs = t.Milliseconds }));
}
