using HpcCr.Rpc;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>The coordinator: a unix socket for this node's users, and, if asked, TLS for the launchers of others.</summary>
/// <param name="options">How it runs.</param>
/// <param name="logs">Where it logs.</param>
public sealed class CoordinatorHost(CoordinatorOptions options, ILoggerFactory logs)
{
    private const UnixFileMode EverybodysSocket = (UnixFileMode)0x1b6;
    private readonly JobTable _jobs = new();

    /// <summary>Whether no job lives; an embedded coordinator then ends.</summary>
    public bool IsIdle => _jobs.All.All(j => Core.JobStates.IsEnded(j.State));

    /// <summary>Runs until cancelled. Jobs go on without it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Run.Root);
        var server = new RpcServerBuilder { LoggerFactory = logs }
            .ListenUnix(options.Run.CoordinatorSocket, EverybodysSocket);
        if (options.Listen is { } endpoint)
            server.ListenTcp(endpoint, ClusterKey.Load(options.KeyFile));
        AddServices(server);
        await using var running = await server.StartAsync(cancellationToken);
        logs.CreateLogger("coordinator").LogInformation("coordinator at {Socket} {Endpoint}", options.Run.CoordinatorSocket, options.Listen);
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void AddServices(RpcServerBuilder server)
    {
        var nodes = new NodeRegistry();
        var ender = new JobEnder(nodes, logs.CreateLogger<JobEnder>());
        var starter = new JobStarter(nodes, _jobs, ender, logs.CreateLogger<JobStarter>());
        var retention = new Retention(nodes, starter, logs.CreateLogger<Retention>());
        var attacher = new JobAttacher(nodes, _jobs, starter, ender, logs.CreateLogger<JobAttacher>());
        var restarter = new JobRestarter(nodes, _jobs, starter, retention, options, logs.CreateLogger<JobRestarter>());
        var checkpointer = new Checkpointer(nodes, ender, retention, options, logs.CreateLogger<EpochRunner>());
        var schedule = new EpochSchedule(checkpointer, nodes.Time, logs.CreateLogger<EpochSchedule>());
        _jobs.Added += schedule.Follow;
        var migrator = new JobMigrator(nodes, checkpointer, restarter, ender, logs.CreateLogger<JobMigrator>());
        var watch = new NodeWatch(nodes, _jobs, ender, starter, options, logs.CreateLogger<NodeWatch>());
        server.AddService(Protocol.V1.Coordinator.BindService(
            new CoordinatorService(
                nodes, _jobs, starter, attacher, ender, checkpointer, restarter, migrator, retention, logs.CreateLogger<CoordinatorService>())));
        server.AddService(Protocol.V1.LauncherLink.BindService(
            new LauncherLinkService(nodes, watch, options, logs.CreateLogger<LauncherLinkService>())));
    }
}
