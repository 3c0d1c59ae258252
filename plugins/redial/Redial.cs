using System.Net;
using HpcCr.Plugins.Shared;

namespace HpcCr.Plugins.Redial;

/// <summary>Calls peers again that know a client by its connection alone, or by a few words at its beginning.</summary>
public sealed class Redial : ICheckpointPlugin
{
    /// <inheritdoc/>
    public Task<QuiesceAnswer> QuiesceAsync(IPluginAttempt attempt, QuiesceEvent quiesce, CancellationToken cancellationToken)
    {
        var options = RedialOptions.Of(attempt.Config);
        return Task.FromResult(new QuiesceAnswer
        {
            Claims = [.. quiesce.Connections.Where(c => options.PeerOf(c.Remote) is not null).Select(c => new ConnectionClaim { Connection = c.Id })],
        });
    }

    /// <inheritdoc/>
    public async Task<PreDumpAnswer> PreDumpAsync(IPluginAttempt attempt, PreDumpEvent preDump, CancellationToken cancellationToken)
    {
        var options = RedialOptions.Of(attempt.Config);
        if (preDump.Connections.FirstOrDefault(c => c.Unsent > 0 && options.PeerOf(c.Remote)?.Resend == false) is { } sending)
            return new PreDumpAnswer { Busy = $"{sending.Remote} has not acknowledged {sending.Unsent} bytes" };
        if (preDump.Connections.Count > 0)
            await Task.Delay(options.SettleMs, cancellationToken);
        return new PreDumpAnswer();
    }

    /// <inheritdoc/>
    public async Task<ReconnectAnswer> ReconnectAsync(IPluginAttempt attempt, ReconnectEvent reconnect, CancellationToken cancellationToken)
    {
        var old = reconnect.Connection;
        var peer = RedialOptions.Of(attempt.Config).PeerOf(old.Remote)
            ?? throw new PluginVetoException($"nothing says any more how to call {old.Remote}", "Its configuration has changed since the epoch: put that peer back.");
        var to = IPEndPoint.Parse(peer.To ?? old.Remote);
        var socket = await Dialer.ConnectAsync(to, "Start that server, or name another in \"to\", and restart again.", cancellationToken);
        if (peer.Handshake is { Count: > 0 } handshake)
            await Handshake.RunAsync(handshake, socket, old, to, cancellationToken);
        if (peer.Resend && reconnect.Unsent.Length > 0)
            socket.Send(reconnect.Unsent);
        return new ReconnectAnswer { Descriptor = (int)socket.Handle };
    }
}
