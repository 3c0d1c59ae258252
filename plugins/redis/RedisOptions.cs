using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using HpcCr.Plugins.Shared;

namespace HpcCr.Plugins.Redis;

/// <summary>The plugin's configuration.</summary>
internal sealed record RedisOptions
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The servers; of those that fit, the first counts.</summary>
    public IReadOnlyList<RedisServer> Servers { get; init; } = [];

    /// <summary>How long an answer that the server has sent has to arrive while the job stands still, in milliseconds.</summary>
    public int SettleMs { get; init; } = 20;

    /// <summary>Reads it.</summary>
    /// <exception cref="PluginVetoException">It is wrong.</exception>
    public static RedisOptions Of(JsonElement config)
    {
        try
        {
            var options = config.Deserialize<RedisOptions>(Json)!;
            foreach (var server in options.Servers)
            {
                PeerPattern.Parse(server.Match, "redis");
                if (server.To is not null && !IPEndPoint.TryParse(server.To, out _))
                    throw new PluginVetoException($"'{server.To}' is no address and port to call", "Write \"to\": \"10.0.0.8:6379\" in the configuration of redis.");
            }

            return options;
        }
        catch (JsonException e)
        {
            throw new PluginVetoException($"its configuration is wrong: {e.Message}", "The README of redis shows what it may have.");
        }
    }

    /// <summary>The server that a peer is; null: it is none.</summary>
    public RedisServer? ServerAt(string remote) => Servers.FirstOrDefault(server => PeerPattern.Parse(server.Match, "redis").Fits(IPEndPoint.Parse(remote)));
}
