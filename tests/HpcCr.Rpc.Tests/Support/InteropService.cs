using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

/// <summary>Our side of the service that both implementations offer; python/server.py is the other.</summary>
internal sealed class InteropService : Interop.Interop.InteropBase
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _cancelled = [];

    /// <summary>Done once a hanging call of that name has been cancelled.</summary>
    public Task CancelledAsync(string name) =>
        _cancelled.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public override Task<Packet> Echo(Packet request, ServerCallContext context) => Task.FromResult(request);

    public override async Task Count(Packet request, IServerStreamWriter<Packet> responseStream, ServerCallContext context)
    {
        for (var number = 1L; number <= request.Number; number++)
            await responseStream.WriteAsync(new Packet { Number = number, Text = request.Text, Payload = request.Payload });
    }

    public override async Task<Packet> Sum(IAsyncStreamReader<Packet> requestStream, ServerCallContext context)
    {
        var sum = new Packet();
        await foreach (var packet in requestStream.ReadAllAsync())
        {
            sum.Number += packet.Number;
            sum.Text += packet.Text;
        }
        return sum;
    }

    public override async Task Chat(
        IAsyncStreamReader<Packet> requestStream, IServerStreamWriter<Packet> responseStream, ServerCallContext context)
    {
        await foreach (var packet in requestStream.ReadAllAsync())
            await responseStream.WriteAsync(packet);
    }

    public override async Task<Nothing> Fail(Failure request, ServerCallContext context)
    {
        var trailers = new Metadata();
        foreach (var (key, value) in request.Trailers)
            trailers.Add(key, value);
        foreach (var (key, value) in request.BinaryTrailers)
            trailers.Add(key, value.ToByteArray());
        if (request.AfterHeaders)
            await context.WriteResponseHeadersAsync(new Metadata { { "first", "yes" } });
        throw new RpcException(new Status((StatusCode)request.Code, request.Detail), trailers);
    }

    public override async Task<Nothing> Hang(Packet request, ServerCallContext context)
    {
        await HangAsync(request.Text, Task.CompletedTask, context);
        return new Nothing();
    }

    public override Task HangStream(Packet request, IServerStreamWriter<Packet> responseStream, ServerCallContext context) =>
        HangAsync(request.Text, responseStream.WriteAsync(request), context);

    public override async Task<Packet> AwaitCancelled(Packet request, ServerCallContext context)
    {
        await CancelledAsync(request.Text).WaitAsync(context.CancellationToken);
        return request;
    }

    public override Task<Packet> Headers(Nothing request, ServerCallContext context)
    {
        var text = new StringBuilder();
        foreach (var entry in context.RequestHeaders)
            text.Append(CultureInfo.InvariantCulture, $"{entry.Key}={(entry.IsBinary ? Convert.ToHexStringLower(entry.ValueBytes) : entry.Value)}\n");
        if (context.GetPeerCredentials() is { } peer)
            text.Append(CultureInfo.InvariantCulture, $"peer={peer.ProcessId},{peer.UserId},{peer.GroupId}\n");
        return Task.FromResult(new Packet { Text = text.ToString() });
    }

    public override Task<Nothing> Crash(Nothing request, ServerCallContext context) =>
        throw new FormatException("a secret of the handler");

    private async Task HangAsync(string name, Task first, ServerCallContext context)
    {
        try
        {
            await first;
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        finally
        {
            _ = CancelledAsync(name);
            _cancelled[name].TrySetResult();
        }
    }
}
