using Grpc.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Rpc;
using CoordinatorBase = HpcCr.Protocol.V1.Coordinator.CoordinatorBase;
using CoordinatorClient = HpcCr.Protocol.V1.Coordinator.CoordinatorClient;

namespace HpcCr.Launcher;

/// <summary>
/// The coordinator as users of a compute node see it. They have no key of the cluster: the launcher passes on what they ask, and says who they
/// are, which it has from the kernel.
/// </summary>
internal sealed class CoordinatorRelay(CoordinatorClient client) : CoordinatorBase
{
    private const UnixFileMode EverybodysSocket = (UnixFileMode)0x1b6;

    /// <summary>Listens where commands look for a coordinator.</summary>
    public static async Task<RpcServer> StartAsync(string socket, Func<GrpcChannel> open, CancellationToken cancellationToken)
    {
        var shares = new UserShares();
        return await new RpcServerBuilder { Options = new GrpcServerOptions { Admit = shares.Call } }.ListenUnix(socket, EverybodysSocket, shares.Connection)
            .AddService(Protocol.V1.Coordinator.BindService(new CoordinatorRelay(new CoordinatorClient(open()))), WireLimits.MostRequestBytes).StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<RunReply> Run(RunRequest request, ServerCallContext context) => await client.RunAsync(request, Of(context));

    /// <inheritdoc/>
    public override async Task<AttachReply> Attach(AttachRequest request, ServerCallContext context) => await client.AttachAsync(request, Of(context));

    /// <inheritdoc/>
    public override Task Checkpoint(CheckpointRequest request, IServerStreamWriter<CheckpointEvent> responseStream, ServerCallContext context) =>
        PassAsync(client.Checkpoint(request, Of(context)), responseStream, context);

    /// <inheritdoc/>
    public override Task Restart(RestartRequest request, IServerStreamWriter<RestartEvent> responseStream, ServerCallContext context) =>
        PassAsync(client.Restart(request, Of(context)), responseStream, context);

    /// <inheritdoc/>
    public override Task Migrate(MigrateRequest request, IServerStreamWriter<RestartEvent> responseStream, ServerCallContext context) =>
        PassAsync(client.Migrate(request, Of(context)), responseStream, context);

    /// <inheritdoc/>
    public override async Task<StatusReply> Status(StatusRequest request, ServerCallContext context) => await client.StatusAsync(request, Of(context));

    /// <inheritdoc/>
    public override Task Wait(WaitRequest request, IServerStreamWriter<JobStatus> responseStream, ServerCallContext context) =>
        PassAsync(client.Wait(request, Of(context)), responseStream, context);

    /// <inheritdoc/>
    public override async Task<SignalReply> Signal(SignalRequest request, ServerCallContext context) => await client.SignalAsync(request, Of(context));

    /// <inheritdoc/>
    public override async Task<KillReply> Kill(KillRequest request, ServerCallContext context) => await client.KillAsync(request, Of(context));

    /// <inheritdoc/>
    public override async Task<RemoveReply> Remove(RemoveRequest request, ServerCallContext context) => await client.RemoveAsync(request, Of(context));

    /// <inheritdoc/>
    public override async Task<CheckReply> Check(CheckRequest request, ServerCallContext context) => await client.CheckAsync(request, Of(context));

    /// <inheritdoc/>
    public override async Task<PruneReply> Prune(PruneRequest request, ServerCallContext context) => await client.PruneAsync(request, Of(context));

    /// <inheritdoc/>
    public override async Task<NodesReply> Nodes(NodesRequest request, ServerCallContext context) => await client.NodesAsync(request, Of(context));

    private static CallOptions Of(ServerCallContext context)
    {
        var caller = context.GetPeerCredentials() ?? throw new RpcException(new Status(StatusCode.PermissionDenied, "the caller is not known"));
        return new CallOptions(OnBehalfOf.Header(caller, context.GetPeerLimits()), cancellationToken: context.CancellationToken);
    }

    private static async Task PassAsync<T>(AsyncServerStreamingCall<T> call, IServerStreamWriter<T> to, ServerCallContext context)
    {
        using (call)
        {
            while (await call.ResponseStream.MoveNext(context.CancellationToken))
                await to.WriteAsync(call.ResponseStream.Current);
        }
    }
}
