using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>The requests of a call, as its handler reads them.</summary>
internal sealed class ServerStreamReader<T>(ServerCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private readonly MessageReader<T> _reader = new(call.RequestBody, marshaller, call.Options.MaxReceiveMessageSize);
    private T? _current;
    private bool _ended;

    public T Current => _current ?? throw new InvalidOperationException("there is no message before MoveNext has returned true");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_ended)
            return false;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, cancellationToken);
        _current = await _reader.ReadAsync(either.Token);
        _ended = _current is null;
        return !_ended;
    }

    /// <summary>Waits for the only request; a caller that begins one and does not end it is given up.</summary>
    /// <exception cref="RpcException">It did not arrive in time.</exception>
    public async ValueTask<T> ReadOnlyOneAsync()
    {
        using var late = new CancellationTokenSource(call.Options.RequestTimeout, call.Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, late.Token);
        try
        {
            return await _reader.ReadOnlyOneAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !call.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"the request did not arrive within {call.Options.RequestTimeout.TotalSeconds:F0} s"));
        }
    }
}
