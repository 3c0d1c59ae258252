namespace HpcCr.Cli.Connection;

/// <summary>Finds the coordinator that a command is meant for.</summary>
internal static class CoordinatorLocator
{
    /// <summary>The one that was named, else the one on this node if it answers, else null.</summary>
    /// <param name="option">The value of <c>--coordinator</c>.</param>
    public static CoordinatorAddress? Find(string? option)
    {
        var named = option ?? Environment.GetEnvironmentVariable(CoordinatorAddress.Variable);
        if (!string.IsNullOrEmpty(named))
        {
            var address = CoordinatorAddress.Parse(named);
            return address is UnixAddress unix && !unix.IsAnswering()
                ? throw new HpcCrException(FailureKind.NotFound, $"no coordinator answers at {JobName.Printable(named)}",
                    $"Start it, or leave out --coordinator and {CoordinatorAddress.Variable} to use this node's own.")
                : address;
        }

        var local = new UnixAddress(RunLayout.Current.CoordinatorSocket);
        return local.IsAnswering() ? local : null;
    }

    /// <summary>A session with it, or null when there is none.</summary>
    public static CoordinatorSession? TryOpen(string? option) => Find(option) is { } address ? CoordinatorSession.Open(address) : null;

    /// <summary>A session with it.</summary>
    /// <param name="option">The value of <c>--coordinator</c>.</param>
    /// <param name="toDo">What cannot be done without, such as "checkpoint job x".</param>
    /// <exception cref="HpcCrException">There is none (not found).</exception>
    public static CoordinatorSession Open(string? option, string toDo) => TryOpen(option) ?? throw None(toDo);

    /// <summary>A session with it; one is started with a coordinator of this node where there is none.</summary>
    public static async Task<CoordinatorSession> OpenOrStartAsync(string? option, CancellationToken cancellationToken) =>
        TryOpen(option) ?? await EmbeddedStarter.StartAsync(cancellationToken);

    private static HpcCrException None(string toDo) =>
        new(FailureKind.NotFound, $"cannot {toDo}: no coordinator runs on this node and none is named",
            $"Name one with --coordinator or {CoordinatorAddress.Variable}; `hpccr list` shows the epochs that can be restarted.");
}
