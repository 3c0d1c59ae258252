using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using HpcCr.Plugins.Shared;

namespace HpcCr.Plugins.Redial;

/// <summary>The plugin's configuration.</summary>
internal sealed record RedialOptions
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The peers; of those that fit, the first counts.</summary>
    public IReadOnlyList<RedialPeer> Peers { get; init; } = [];

    /// <summary>How long answers that are under way have to arrive while the job stands still, in milliseconds.</summary>
    public int SettleMs { get; init; } = 20;

    /// <summary>Reads it.</summary>
    /// <exception cref="PluginVetoException">It is wrong.</exception>
    public static RedialOptions Of(JsonElement config)
    {
        try
        {
            var options = config.Deserialize<RedialOptions>(Json)!;
            foreach (var peer in options.Peers)
            {
                PeerPattern.Parse(peer.Match, "redial");
                if (peer.To is not null && !IPEndPoint.TryParse(peer.To, out _))
                    throw new PluginVetoException($"'{peer.To}' is no address and port to call", "Write \"to\": \"10.0.0.8:27000\" in the configuration of redial.");
            }

            return options;
        }
        catch (JsonException e)
        {
            throw new PluginVetoException($"its configuration is wrong: {e.Message}", "The README of redial shows what it may have.");
        }
    }

    /// <summary>How a peer is called again; null: it is not.</summary>
    public RedialPeer? PeerOf(string remote) => Peers.FirstOrDefault(peer => PeerPattern.Parse(peer.Match, "redial").Fits(IPEndPoint.Parse(remote)));
}
