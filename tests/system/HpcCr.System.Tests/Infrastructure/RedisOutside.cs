using System.Text.Json;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A real Redis on node4, outside of all jobs, and the configuration of the plugin for it.</summary>
internal sealed class RedisOutside : IAsyncDisposable
{
    /// <summary>Its addresses.</summary>
    public const string Host4 = "10.88.0.14", Host6 = "fd88::14";

    /// <summary>The user that jobs log in as, and their password.</summary>
    public const string User = "job", Password = "secret";

    private const string Admin = "adminpw";
    private readonly Hpccr _hpccr;
    private readonly RunningCommand _server;

    private RedisOutside(Hpccr hpccr, RunningCommand server, int port, string config) => (_hpccr, _server, Port, Config) = (hpccr, server, port, config);

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The plugin's configuration.</summary>
    public string Config { get; }

    /// <summary>Starts one.</summary>
    public static async Task<RedisOutside> StartAsync(Lab lab, int port)
    {
        var folder = lab.NewFolder("redis");
        Write("redis.conf", $"port {port}\nbind * -::*\nprotected-mode no\nsave \"\"\ndir {folder}\nrequirepass {Admin}\nuser {User} on >{Password} ~* &* +@all\n");
        var files = new Dictionary<string, string> { ["default"] = Write("admin", Admin), [User] = Write("job", Password + "\n") };
        var config = Write("config.json", JsonSerializer.Serialize(new { servers = new[] { new { match = $"*:{port}", passwordFiles = files } } }));
        var server = lab.Hpccr.Start("lab", "exec", "node4", "--", "redis-server", Path.Combine(folder, "redis.conf"));
        await Await.UntilAsync("a Redis", () => server.Stdout.Contains("Ready to accept connections", StringComparison.Ordinal), null, () => server.Stdout + server.Stderr);
        return new RedisOutside(lab.Hpccr, server, port, config);

        string Write(string name, string text)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            return path;
        }
    }

    /// <summary>Asks it.</summary>
    public async Task<string> AskAsync(params IEnumerable<string> command) =>
        (await _hpccr.RunAsync(["lab", "exec", "node4", "--", "redis-cli", "--no-auth-warning", "-p", $"{Port}", "-a", Admin, .. command])).EndsWith(0).Stdout;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await AskAsync("SHUTDOWN", "NOSAVE");
        await _server.EndAsync();
        await _server.DisposeAsync();
    }
}
