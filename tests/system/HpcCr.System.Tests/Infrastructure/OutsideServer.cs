using System.Globalization;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A server on a node that is no part of any job.</summary>
internal sealed class OutsideServer : IAsyncDisposable
{
    private readonly RunningCommand _command;
    private bool _isEnded;

    private OutsideServer(RunningCommand command, int port) => (_command, Port) = (command, port);

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What it has written.</summary>
    public string Said { get => _isEnded ? field : _command.Stdout; private set; } = "";

    /// <summary>Starts <c>sessions.py</c> on a node.</summary>
    public static async Task<OutsideServer> StartAsync(Lab lab, string node, string host = "0.0.0.0", int port = 0)
    {
        var command = lab.Hpccr.Start("lab", "exec", node, "--", TestPrograms.Sessions, host, port.ToString(CultureInfo.InvariantCulture));
        await Await.UntilAsync("a server", () => command.Stdout.Contains('\n', StringComparison.Ordinal), null, () => command.Stderr);
        return new OutsideServer(command, int.Parse(command.Stdout.Split('\n')[0].Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Ends it; it may have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isEnded)
            return;
        Said = _command.Stdout;
        _isEnded = true;
        await _command.DisposeAsync();
    }
}
