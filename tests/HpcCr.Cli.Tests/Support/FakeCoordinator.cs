using Grpc.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Rpc;

namespace HpcCr.Cli.Tests.Support;

/// <summary>A coordinator that says what a test wants, on a unix socket.</summary>
internal sealed class FakeCoordinator : Protocol.V1.Coordinator.CoordinatorBase, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private RpcServer? _server;

    public string Socket => _folder.In("coordinator.sock");

    /// <summary>The one job there is.</summary>
    public JobStatus Job { get; } = new() { Job = "s", State = Protocol.V1.JobState.Running, Nodes = { new JobNode { Node = "node1", State = "running", Pids = { 5 } } } };

    /// <summary>What was asked to be run.</summary>
    public Protocol.V1.JobSpec? Asked { get; private set; }

    /// <summary>What every request fails with.</summary>
    public HpcCrException? Failure { get; init; }

    /// <summary>Signals that came in; -1 for a kill.</summary>
    public List<int> Signals { get; } = [];

    /// <summary>Completed by the test when the job ends.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<FakeCoordinator> StartAsync(HpcCrException? failure = null)
    {
        var coordinator = new FakeCoordinator { Failure = failure };
        coordinator.Job.Folder = coordinator._folder.In("s");
        Directory.CreateDirectory(coordinator.Job.Folder);
        coordinator._server = await new RpcServerBuilder { Options = new GrpcServerOptions { MapException = e => e.ToRpcException() } }
            .AddService(Protocol.V1.Coordinator.BindService(coordinator))
            .ListenUnix(coordinator.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite)
            .StartAsync(TestContext.Current.CancellationToken);
        return coordinator;
    }

    /// <summary>Ends the job.</summary>
    public void End(JobState state, int? exitCode)
    {
        Job.State = state.ToWire();
        if (exitCode is { } code) Job.ExitCode = code;
        Ended.TrySetResult();
    }

    public void Write(string file, string text) => File.AppendAllText(Path.Combine(Job.Folder, file), text);

    public override Task<RunReply> Run(RunRequest request, ServerCallContext context)
    {
        Check();
        Asked = request.Spec;
        return Task.FromResult(new RunReply { Job = Job.Clone() });
    }

    public override Task<StatusReply> Status(StatusRequest request, ServerCallContext context)
    {
        Check();
        return Task.FromResult(new StatusReply { Jobs = { Job.Clone() } });
    }

    public override Task<NodesReply> Nodes(NodesRequest request, ServerCallContext context) =>
        Task.FromResult(new NodesReply { Nodes = { new Node { Name = "node1", State = "connected", Slots = 2 } } });

    public override async Task Wait(WaitRequest request, IServerStreamWriter<JobStatus> responseStream, ServerCallContext context)
    {
        Check();
        await responseStream.WriteAsync(Job.Clone());
        await Ended.Task.WaitAsync(context.CancellationToken);
        await responseStream.WriteAsync(Job.Clone());
    }

    public override async Task Checkpoint(CheckpointRequest request, IServerStreamWriter<CheckpointEvent> responseStream, ServerCallContext context)
    {
        Check();
        await responseStream.WriteAsync(new CheckpointEvent { Progress = new Progress { Phase = "freeze", Text = "waiting for node1", Done = -1 } });
        await responseStream.WriteAsync(new CheckpointEvent
        {
            Result = new CheckpointResult
            {
                Job = request.Job,
                Epoch = 3,
                Path = "/ckpt/s/epoch-000003",
                PauseMs = 12.5,
                PhasesMs = { ["dump"] = 9.25 },
                Bytes = 4096,
                Connections = 2,
                Cut = "consistent",
                Stopped = request.Stop,
            },
        });
    }

    public override Task<SignalReply> Signal(SignalRequest request, ServerCallContext context)
    {
        lock (Signals) Signals.Add(request.Signal);
        return Task.FromResult(new SignalReply());
    }

    public override Task<KillReply> Kill(KillRequest request, ServerCallContext context)
    {
        lock (Signals) Signals.Add(-1);
        End(JobState.Exited, 137);
        return Task.FromResult(new KillReply { Job = Job.Clone() });
    }

    public async ValueTask DisposeAsync()
    {
        Ended.TrySetResult();
        await _server!.DisposeAsync();
        _folder.Dispose();
    }

    private void Check()
    {
        if (Failure is not null) throw Failure;
    }
}
