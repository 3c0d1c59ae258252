using System.Collections.Concurrent;
using System.Net.Sockets;
using HpcCr.Core;
using HpcCr.Guard.Protocol;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>The launcher's end of the socket to a guard.</summary>
internal sealed class GuardClient : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    private readonly MessageChannel _channel;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<GuardReply>> _waiting = new();
    private readonly Task _reading;
    private ulong _lastId;

    private GuardClient(MessageChannel channel, ILogger log)
    {
        _channel = channel;
        _log = log;
        _reading = ReadAsync();
    }

    /// <summary>Raised when the sandbox ended or the guard undid something by itself.</summary>
    public event Action<GuardStatus>? Changed;

    /// <summary>Raised when the guard is gone.</summary>
    public event Action? Gone;

    /// <summary>Starts a guard; it outlives this launcher.</summary>
    public static async Task<GuardClient> StartAsync(SandboxLayout layout, ILogger log)
    {
        using var logFile = Descriptors.Open(layout.GuardLog, OpenFor.WriteOnly | OpenFor.Append | OpenFor.Create);
        File.SetUnixFileMode(logFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var descriptor = (int)logFile.DangerousGetHandle();
        var process = ChildProcess.Start(new SpawnOptions
        {
            Argv = [Programs.Guard, "serve", layout.Root],
            NewSession = true,
            WorkingDirectory = "/",
            Descriptors = new Dictionary<int, int> { [1] = descriptor, [2] = descriptor },
        });
        using var patience = new CancellationTokenSource(StartPatience);
        while (true)
        {
            if (await TryConnectAsync(layout, log) is { } client)
                return client;
            if (process.Exited.IsCompleted || patience.IsCancellationRequested)
                throw new HpcCrException(FailureKind.Internal, $"the guard in {layout.Root} did not start", $"See {layout.GuardLog}.");
            await Task.WhenAny(process.Exited, Task.Delay(2));
        }
    }

    /// <summary>Connects to a guard that runs already; null when there is none.</summary>
    public static async Task<GuardClient?> TryConnectAsync(SandboxLayout layout, ILogger log)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(layout.GuardSocket));
            return new GuardClient(new MessageChannel(new NetworkStream(socket, ownsSocket: true)), log);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Asks the guard for one step.</summary>
    /// <exception cref="HpcCrException">It failed; kind JobLost: the engine died while it held the job, or the guard is gone.</exception>
    public async Task<GuardReply> AskAsync(GuardRequest request, CancellationToken cancellationToken)
    {
        request.Id = Interlocked.Increment(ref _lastId);
        var answer = _waiting.GetOrAdd(request.Id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _channel.SendAsync(request, cancellationToken);
            if (_reading.IsCompleted)
                throw GuardGone();
            var reply = await answer.Task.WaitAsync(cancellationToken);
            return reply.Failure is { } failure ? throw ToException(failure) : reply;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw GuardGone();
        }
        finally
        {
            _waiting.TryRemove(request.Id, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _reading;
    }

    private static HpcCrException GuardGone() =>
        new(FailureKind.JobLost, "the guard of this job's sandbox is gone", "Restart the job from its newest epoch.");

    private static HpcCrException ToException(GuardFailure failure) => failure.EngineDied
        ? new HpcCrException(FailureKind.JobLost, failure.What, failure.Next)
        : new HpcCrException(failure.Unsupported ? FailureKind.Unsupported : failure.NotAllowed ? FailureKind.NotAllowed : FailureKind.Failed, failure.What, failure.Next);

    private async Task ReadAsync()
    {
        await Task.Yield();
        try
        {
            while (await _channel.ReceiveAsync(GuardReply.Parser, CancellationToken.None) is { } reply)
            {
                if (reply.Id == 0)
                    Changed?.Invoke(reply.Status);
                else if (_waiting.TryGetValue(reply.Id, out var waiting))
                    waiting.TrySetResult(reply);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            _log.LogDebug("guard: {Why}", e.Message);
        }

        foreach (var waiting in _waiting.Values)
            waiting.TrySetException(GuardGone());
        Gone?.Invoke();
    }
}
