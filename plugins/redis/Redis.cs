using System.Net;
using System.Text.Json;

namespace HpcCr.Plugins.Redis;

/// <summary>Clients of Redis: an epoch catches them between a command and the next, its answer having arrived; a restart makes their sessions again.</summary>
public sealed class Redis : ICheckpointPlugin
{
    // The server reads what lay in its sockets when it last looked: by the third answer it has read all that had arrived before the first question.
    private const int Questions = 3;
    private readonly Dictionary<string, RedisLink> _links = [];

    /// <inheritdoc/>
    public async Task<QuiesceAnswer> QuiesceAsync(IPluginAttempt attempt, QuiesceEvent quiesce, CancellationToken cancellationToken)
    {
        var options = RedisOptions.Of(attempt.Config);
        var clients = quiesce.Connections.Where(c => options.ServerAt(c.Remote) is not null).ToList();
        // Logging in takes its time: not while the job stands still.
        foreach (var remote in clients.Select(c => c.Remote).Distinct())
        {
            var server = options.ServerAt(remote)!;
            _links[remote] = await RedisLink.OpenAsync(IPEndPoint.Parse(remote), server, server.User, cancellationToken);
            await _links[remote].AskAsync(["CLIENT", "LIST", "TYPE", "normal"], cancellationToken);
        }

        return new QuiesceAnswer { Claims = [.. clients.Select(c => new ConnectionClaim { Connection = c.Id })] };
    }

    /// <inheritdoc/>
    public async Task<PreDumpAnswer> PreDumpAsync(IPluginAttempt attempt, PreDumpEvent preDump, CancellationToken cancellationToken)
    {
        if (preDump.Connections.FirstOrDefault(c => c.Unsent > 0) is { } sending)
            return new PreDumpAnswer { Busy = $"{sending.Remote} has not acknowledged {sending.Unsent} bytes of a command" };
        List<RedisSession> sessions = [];
        foreach (var server in preDump.Connections.GroupBy(c => c.Remote))
        {
            var answer = "";
            for (var i = 0; i < Questions; i++)
                answer = await _links[server.Key].AskAsync(["CLIENT", "LIST"], cancellationToken);
            var clients = ClientLine.Parse(answer).ToLookup(client => client.Address);
            foreach (var connection in server)
            {
                if (clients[connection.Local].FirstOrDefault() is not { } client)
                    throw new PluginVetoException($"Redis at {connection.Remote} knows no client {connection.Local}", "It has closed that connection, or something between them changes addresses: connect to it directly.");
                if (client.Obstacle is { } obstacle)
                    throw new PluginVetoException($"the client {connection.Local} of Redis at {connection.Remote} (pid {connection.Pid}) {obstacle.What}", obstacle.Remedy);
                if (client.Busy is { } busy)
                    return new PreDumpAnswer { Busy = $"{connection.Local} has {busy}" };
                sessions.Add(client.Session(connection.Id));
            }
        }

        if (sessions.Count > 0)
            await Task.Delay(RedisOptions.Of(attempt.Config).SettleMs, cancellationToken);
        return new PreDumpAnswer { State = JsonSerializer.Serialize(sessions) };
    }

    /// <inheritdoc/>
    public async Task<ReconnectAnswer> ReconnectAsync(IPluginAttempt attempt, ReconnectEvent reconnect, CancellationToken cancellationToken)
    {
        var old = reconnect.Connection;
        var server = RedisOptions.Of(attempt.Config).ServerAt(old.Remote)
            ?? throw new PluginVetoException($"nothing says any more how to log in at {old.Remote}", "Its configuration has changed since the epoch: put that server back.");
        var session = JsonSerializer.Deserialize<List<RedisSession>>(reconnect.State ?? "[]")!.FirstOrDefault(s => s.Id == old.Id);
        if (session is null || reconnect.Unsent.Length > 0)
            throw new PluginVetoException($"the epoch does not say what session the client {old.Local} had at {old.Remote}", "Restart from another epoch.");
        var link = await RedisLink.OpenAsync(IPEndPoint.Parse(server.To ?? old.Remote), server, session.User, cancellationToken);
        foreach (var command in session.Commands())
            await link.AskAsync(command, cancellationToken);
        return new ReconnectAnswer { Descriptor = (int)link.Socket.Handle };
    }
}
