using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>The responses of a call, as its client reads them.</summary>
internal sealed class ClientStreamReader<T>(ClientCall<T> call) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("there is no message before MoveNext has returned true");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = await call.ReadAsync(cancellationToken);
        return _current is not null;
    }
}
