using HpcCr.Coordinator;
using HpcCr.Hosting;
using HpcCr.Launcher;

namespace HpcCr.Cli.Connection;

/// <summary>
/// Hosts the coordinator and the launcher of this node in one process, for <c>hpccr run</c> where no coordinator runs. It has a session
/// of its own, and standard output and error are its log.
/// </summary>
internal static class EmbeddedHost
{
    // Long enough for the command that started it to come with its job, and for a script to ask how the last job ended.
    private static readonly TimeSpan IdleGrace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until told to end, or until it has had no job for a while.</summary>
    /// <param name="run">Where daemons meet; the coordinator listens on <see cref="RunLayout.CoordinatorSocket"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RunLayout run, CancellationToken cancellationToken)
    {
        using var logs = DaemonLog.Open(null);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var coordinator = new CoordinatorHost(new CoordinatorOptions
        {
            Run = run,
            StateDirectory = Path.Combine(run.Root, "coordinator"),
            // There is no node that this coordinator could not see; another one is kept off by the job's folder.
            FenceAfter = null,
        }, logs);
        var launcher = new LauncherHost(new LauncherOptions { Run = run, Coordinator = "unix:" + run.CoordinatorSocket, KeyFile = CoordinatorAddress.LocalKeyFile }, logs.CreateLogger("launcher"));
        var running = BackgroundWork.RunAllAsync(logs.CreateLogger("embedded"), stop.Token, ("coordinator", coordinator.RunAsync), ("launcher", launcher.RunAsync));
        var idleSince = Environment.TickCount64;
        while (!running.IsCompleted && Environment.TickCount64 - idleSince < IdleGrace.TotalMilliseconds)
        {
            await Task.WhenAny(running, Task.Delay(LookEvery, stop.Token));
            if (stop.IsCancellationRequested)
                break;
            if (!coordinator.IsIdle)
                idleSince = Environment.TickCount64;
        }

        await stop.CancelAsync();
        await running;
        return ExitCodes.Done;
    }
}
