using System.Runtime.CompilerServices;
using Grpc.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using CoordinatorClient = HpcCr.Protocol.V1.Coordinator.CoordinatorClient;

namespace HpcCr.Cli.Connection;

/// <summary>Asks a coordinator; every failure comes as an <see cref="HpcCrException"/>.</summary>
internal sealed class CoordinatorSession : IDisposable
{
    private readonly IDisposable _channel;
    private readonly CoordinatorClient _client;
    private readonly string _peer;

    private CoordinatorSession(IDisposable channel, CoordinatorClient client, string peer) =>
        (_channel, _client, _peer) = (channel, client, peer);

    /// <summary>Opens a session; nothing is sent yet.</summary>
    public static CoordinatorSession Open(CoordinatorAddress address)
    {
        var channel = CoordinatorChannel.To(address);
        return new CoordinatorSession(channel, new CoordinatorClient(channel), $"the coordinator at {address}");
    }

    /// <summary>Whether a call failed because the coordinator ended, and not because it said so.</summary>
    public static bool IsGone(HpcCrException failure) => failure is { Kind: FailureKind.Internal, InnerException: RpcException };

    /// <summary>Starts a job; answered when it runs.</summary>
    /// <exception cref="HpcCrException">Its description is too long (usage), or it cannot be started.</exception>
    public async Task<JobStatus> RunAsync(Protocol.V1.JobSpec spec, CancellationToken cancellationToken)
    {
        spec.RequireBounded();
        return (await AskAsync(() => _client.RunAsync(new RunRequest { Spec = spec }, cancellationToken: cancellationToken))).Job;
    }

    /// <summary>Takes running processes under control; answered when that is done.</summary>
    public async Task<JobStatus> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
        (await AskAsync(() => _client.AttachAsync(request, cancellationToken: cancellationToken))).Job;

    /// <summary>Makes an epoch.</summary>
    public IAsyncEnumerable<CheckpointEvent> CheckpointAsync(CheckpointRequest request, CancellationToken cancellationToken) =>
        StreamAsync(() => _client.Checkpoint(request, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>Brings a job back.</summary>
    public IAsyncEnumerable<RestartEvent> RestartAsync(RestartRequest request, CancellationToken cancellationToken) =>
        StreamAsync(() => _client.Restart(request, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>Moves a running job to other nodes.</summary>
    public IAsyncEnumerable<RestartEvent> MigrateAsync(MigrateRequest request, CancellationToken cancellationToken) =>
        StreamAsync(() => _client.Migrate(request, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>The jobs that there are.</summary>
    public async Task<IReadOnlyList<JobStatus>> StatusAsync(CancellationToken cancellationToken) =>
        (await AskAsync(() => _client.StatusAsync(new StatusRequest(), cancellationToken: cancellationToken))).Jobs;

    /// <summary>One job.</summary>
    /// <exception cref="HpcCrException">The coordinator does not know it (not found).</exception>
    public async Task<JobStatus> StatusAsync(JobReference job, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(() => _client.StatusAsync(new StatusRequest { Job = job.ToString() }, cancellationToken: cancellationToken));
        return reply.Jobs.FirstOrDefault(status => status.Job == job.Name)
            ?? throw new HpcCrException(FailureKind.NotFound, $"there is no job '{job}'", "`hpccr list` shows the jobs there are.");
    }

    /// <summary>A job's state now, at every change, and when it has ended.</summary>
    public IAsyncEnumerable<JobStatus> WaitAsync(JobReference job, CancellationToken cancellationToken) =>
        StreamAsync(() => _client.Wait(new WaitRequest { Job = job.ToString() }, cancellationToken: cancellationToken), cancellationToken);

    /// <summary>Sends a signal to a job.</summary>
    public async Task SignalAsync(JobReference job, int signal, CancellationToken cancellationToken) =>
        await AskAsync(() => _client.SignalAsync(new SignalRequest { Job = job.ToString(), Signal = signal }, cancellationToken: cancellationToken));

    /// <summary>Kills a job; answered when nothing of it is left.</summary>
    public async Task<JobStatus> KillAsync(JobReference job, CancellationToken cancellationToken) =>
        (await AskAsync(() => _client.KillAsync(new KillRequest { Job = job.ToString() }, cancellationToken: cancellationToken))).Job;

    /// <summary>Removes old epochs of a job.</summary>
    public async Task<PruneReply> PruneAsync(PruneRequest request, CancellationToken cancellationToken) =>
        await AskAsync(() => _client.PruneAsync(request, cancellationToken: cancellationToken));

    /// <summary>Removes a job that has ended.</summary>
    public async Task<RemoveReply> RemoveAsync(RemoveRequest request, CancellationToken cancellationToken) =>
        await AskAsync(() => _client.RemoveAsync(request, cancellationToken: cancellationToken));

    /// <summary>Looks for what keeps a job from being checkpointed.</summary>
    public async Task<IReadOnlyList<Finding>> CheckAsync(JobReference job, CancellationToken cancellationToken) =>
        (await AskAsync(() => _client.CheckAsync(new CheckRequest { Job = job.ToString() }, cancellationToken: cancellationToken))).Findings;

    /// <summary>The nodes that there are.</summary>
    public async Task<NodesReply> NodesAsync(CancellationToken cancellationToken) =>
        await AskAsync(() => _client.NodesAsync(new NodesRequest(), cancellationToken: cancellationToken));

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private async Task<T> AskAsync<T>(Func<AsyncUnaryCall<T>> call)
    {
        try
        {
            using var asked = call();
            return await asked.ResponseAsync;
        }
        catch (RpcException e)
        {
            throw e.ToException(_peer);
        }
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(
        Func<AsyncServerStreamingCall<T>> call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stream = Begin(call);
        while (await NextAsync(stream, cancellationToken)) yield return stream.ResponseStream.Current;
    }

    private AsyncServerStreamingCall<T> Begin<T>(Func<AsyncServerStreamingCall<T>> call)
    {
        try
        {
            return call();
        }
        catch (RpcException e)
        {
            throw e.ToException(_peer);
        }
    }

    private async Task<bool> NextAsync<T>(AsyncServerStreamingCall<T> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ResponseStream.MoveNext(cancellationToken);
        }
        catch (RpcException e)
        {
            throw e.ToException(_peer);
        }
    }
}
