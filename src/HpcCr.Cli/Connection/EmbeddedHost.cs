namespace HpcCr.Cli.Connection;

/// <summary>
/// Hosts the coordinator and the launcher of this node in one process, for <c>hpccr run</c> where no coordinator runs. It has a session
/// of its own, and standard output and error are its log.
/// </summary>
internal static class EmbeddedHost
{
    /// <summary>Runs until told to end, or until it has had no job for a while.</summary>
    /// <param name="run">Where daemons meet; the coordinator listens on <see cref="RunLayout.CoordinatorSocket"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(RunLayout run, CancellationToken cancellationToken)
    {
        // The seam: host HpcCr.Coordinator.CoordinatorHost and HpcCr.Launcher.LauncherHost here.
        cancellationToken.ThrowIfCancellationRequested();
        throw new HpcCrException(FailureKind.Unsupported, $"this build of hpccr has no coordinator of its own to listen at {run.CoordinatorSocket}",
            "Start hpccr-coordinator and hpccr-launcher, or `hpccr lab up 2`.");
    }
}
