using System.Buffers.Binary;
using Google.Protobuf;

namespace HpcCr.Guard.Protocol;

/// <summary>Messages over a unix stream socket, each preceded by its length: 4 bytes, little endian.</summary>
/// <param name="stream">The connected socket; disposed with this.</param>
/// <param name="longest">The longest message that is taken, in bytes; a longer one ends the connection.</param>
public sealed class MessageChannel(Stream stream, int longest = MessageChannel.MaximumBytes) : IAsyncDisposable
{
    /// <summary>The longest message that is taken unless told otherwise, in bytes.</summary>
    public const int MaximumBytes = 16 << 20;

    private const int FirstBytes = 64 << 10;

    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Sends one message; callers may overlap.</summary>
    public async Task SendAsync(IMessage message, CancellationToken cancellationToken)
    {
        var size = message.CalculateSize();
        var frame = new byte[sizeof(int) + size];
        BinaryPrimitives.WriteInt32LittleEndian(frame, size);
        message.WriteTo(frame.AsSpan(sizeof(int)));
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(frame, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Receives the next message, or null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">What came is no message, is too long, or was cut.</exception>
    public async Task<T?> ReceiveAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        var header = new byte[sizeof(int)];
        var got = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        if (got == 0)
            return null;
        var size = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (got < header.Length || size < 0 || size > longest)
            throw new InvalidDataException($"a message of {size} bytes was announced");
        try
        {
            return parser.ParseFrom(await ReadAsync(size, cancellationToken));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or EndOfStreamException)
        {
            throw new InvalidDataException("a message is damaged", e);
        }
    }

    // What is held grows with what has come, not with what was announced: anybody may announce.
    private async Task<byte[]> ReadAsync(int size, CancellationToken cancellationToken)
    {
        var body = new byte[Math.Min(size, FirstBytes)];
        var got = 0;
        while (true)
        {
            await stream.ReadExactlyAsync(body.AsMemory(got), cancellationToken);
            got = body.Length;
            if (got == size)
                return body;
            Array.Resize(ref body, (int)Math.Min(size, 2L * got));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        _writing.Dispose();
    }
}
