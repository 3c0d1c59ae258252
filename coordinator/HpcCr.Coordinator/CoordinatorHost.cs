using HpcCr.Core;
using HpcCr.Hosting;
using HpcCr.Protocol;
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
        var log = logs.CreateLogger("coordinator");
        var shares = new UserShares();
        var server = new RpcServerBuilder { LoggerFactory = logs, Options = new GrpcServerOptions { Admit = shares.Call, MapException = e => e is HpcCrException ? e.ToRpcException() : null } }
            .ListenUnix(options.Run.CoordinatorSocket, EverybodysSocket, shares.Connection);
        if (options.Listen is { } endpoint)
            server.ListenTcp(endpoint, ClusterKey.Load(options.KeyFile));
        var state = new JournalState();
        var file = await JournalFile.OpenAsync(options.StateDirectory, state.Apply, logs.CreateLogger<JournalFile>(), cancellationToken);
        await using var journal = new Journal(file, state, logs.CreateLogger<Journal>());
        // Before anybody can ask for them.
        var earlierFence = await EarlierFence.ExchangeAsync(options.StateDirectory, options.FenceAfter, cancellationToken);
        var identity = CoordinatorIdentity.Of(options.StateDirectory);
        _ = AddServices(server, journal, earlierFence, identity).TakeOver([.. state.Jobs]).Watched(log, "jobs of an earlier coordinator were not taken over");
        await using var running = await server.StartAsync(cancellationToken);
        log.LogInformation("coordinator at {Socket} {Endpoint}", options.Run.CoordinatorSocket, options.Listen);
        await BackgroundWork.RunAllAsync(log, cancellationToken, ("journal", journal.RunAsync));
    }

    private JobRecovery AddServices(RpcServerBuilder server, Journal journal, TimeSpan? earlierFence, string identity)
    {
        var nodes = new NodeRegistry(TimeProvider.System, options.FenceAfter, earlierFence);
        var ender = new JobEnder(nodes, journal, logs.CreateLogger<JobEnder>());
        var gate = new LifeGate(nodes, ender, journal, logs.CreateLogger<LifeGate>());
        var claims = new FolderClaims(nodes, options, identity, logs.CreateLogger<FolderClaims>());
        var decision = new Decision(nodes, options);
        var starter = new JobStarter(nodes, _jobs, journal, ender, gate, claims, logs.CreateLogger<JobStarter>());
        var retention = new Retention(nodes, journal, starter, logs.CreateLogger<Retention>());
        var attacher = new JobAttacher(nodes, journal, starter, ender, logs.CreateLogger<JobAttacher>());
        var restarter = new JobRestarter(nodes, _jobs, journal, starter, gate, claims, decision, retention, options, logs.CreateLogger<JobRestarter>());
        var checkpointer = new Checkpointer(nodes, journal, ender, retention, options, logs.CreateLogger<EpochRunner>());
        var schedule = new EpochSchedule(checkpointer, nodes.Time, logs.CreateLogger<EpochSchedule>());
        _jobs.Added += schedule.Follow;
        _jobs.Forgotten += journal.Forget;
        var migrator = new JobMigrator(nodes, journal, checkpointer, restarter, ender, logs.CreateLogger<JobMigrator>());
        var watch = new NodeWatch(nodes, _jobs, journal, ender, starter, options, logs.CreateLogger<NodeWatch>());
        server.AddService(Protocol.V1.Coordinator.BindService(
            new CoordinatorService(
                nodes, _jobs, starter, attacher, ender, checkpointer, restarter, migrator, retention,
                new JobRemover(nodes, _jobs, journal, starter, gate), logs.CreateLogger<CoordinatorService>())), WireLimits.MostRequestBytes);
        server.AddService(Protocol.V1.LauncherLink.BindService(
            new LauncherLinkService(nodes, watch, options, logs.CreateLogger<LauncherLinkService>())), WireLimits.MostStreamBytes);
        return new JobRecovery(
            nodes, _jobs, ender, checkpointer, restarter, migrator, watch, options, logs.CreateLogger<JobRecovery>());
    }
}
