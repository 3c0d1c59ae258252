using System.Globalization;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A server on a node that is no part of any job.</summary>
internal sealed class OutsideServer : IAsyncDisposable
{
    private readonly Lab _lab;
    private readonly string _node;
    private readonly RunningCommand _command;
    private readonly string _pid;
    private bool _isEnded;

    private OutsideServer(Lab lab, string node, RunningCommand command)
    {
        (_lab, _node, _command) = (lab, node, command);
        var words = command.Stdout.Split('\n')[0].Split(' ');
        Port = int.Parse(words[1], CultureInfo.InvariantCulture);
        _pid = words[2];
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What it has written.</summary>
    public string Said { get => _isEnded ? field : _command.Stdout; private set; } = "";

    /// <summary>Starts <c>sessions.py</c> on a node.</summary>
    public static async Task<OutsideServer> StartAsync(Lab lab, string node, string host = "0.0.0.0", int port = 0)
    {
        var command = lab.Hpccr.Start("lab", "exec", node, "--", TestPrograms.Sessions, host, port.ToString(CultureInfo.InvariantCulture));
        await Await.UntilAsync("a server", () => command.Stdout.Contains('\n', StringComparison.Ordinal), null, () => command.Stderr);
        return new OutsideServer(lab, node, command);
    }

    /// <summary>Ends it, as a kill would; it may have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isEnded)
            return;
        (await _lab.Hpccr.RunAsync("lab", "exec", _node, "--", "kill", "-9", _pid)).EndsWith(0);
        await _command.EndAsync();
        Said = _command.Stdout;
        _isEnded = true;
        await _command.DisposeAsync();
    }
}
