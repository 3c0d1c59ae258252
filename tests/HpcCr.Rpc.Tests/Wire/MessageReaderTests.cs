using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class MessageReaderTests
{
    private const int Limit = 100;

    private static readonly Marshaller<Packet> Marshaller = Marshallers.Create<Packet>(
        (packet, context) => context.Complete(packet.ToByteArray()),
        context => Packet.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    private readonly Pipe _pipe = new();
    private readonly MessageReader<Packet> _reader;

    public MessageReaderTests() => _reader = new MessageReader<Packet>(_pipe.Reader, Marshaller, Limit);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_WhenTheyComeByteByByte_AreReadWhole()
    {
        var first = new Packet { Text = "one" };
        var second = new Packet { Number = 2 };
        var reading = ReadToEndAsync();
        foreach (var value in Frame(first).Concat(Frame(second)))
            await _pipe.Writer.WriteAsync(new[] { value }, Token);
        await _pipe.Writer.CompleteAsync();
        Assert.Equal([first, second], await reading);
    }

    [Fact]
    public async Task Messages_WhenTheyComeAtOnce_AreReadOneByOne()
    {
        await _pipe.Writer.WriteAsync(Frame(new Packet { Number = 1 }).Concat(Frame(new Packet())).ToArray(), Token);
        await _pipe.Writer.CompleteAsync();
        Assert.Equal([new Packet { Number = 1 }, new Packet()], await ReadToEndAsync());
    }

    [Theory]
    [InlineData(1, 0, StatusCode.Unimplemented)]
    [InlineData(2, 0, StatusCode.Internal)]
    [InlineData(0, Limit + 1, StatusCode.ResourceExhausted)]
    [InlineData(0, -1, StatusCode.ResourceExhausted)]
    public async Task Header_WhenItCannotBe_IsRefusedBeforeThePayloadComes(byte flag, int length, StatusCode expected)
    {
        var header = new byte[5];
        header[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), length);
        await _pipe.Writer.WriteAsync(header, Token);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _reader.ReadAsync(Token));
        Assert.Equal(expected, failure.StatusCode);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Body_WhenItEndsInsideOfAMessage_IsAFault(int length)
    {
        await _pipe.Writer.WriteAsync(Frame(new Packet { Text = "cut" }).AsMemory(0, length), Token);
        await _pipe.Writer.CompleteAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _reader.ReadAsync(Token));
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task OnlyMessage_WhenThereIsNoneOrAnother_IsAFault(int count)
    {
        for (var i = 0; i < count; i++)
            await _pipe.Writer.WriteAsync(Frame(new Packet()), Token);
        await _pipe.Writer.CompleteAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _reader.ReadOnlyOneAsync(Token));
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(100_000)]
    public void Frame_OfAnyLength_IsHeaderAndMessage(int length)
    {
        var packet = new Packet { Payload = ByteString.CopyFrom(new byte[length]) };
        var unannounced = Marshallers.Create<Packet>((message, context) => message.WriteTo(context.GetBufferWriter()), _ => throw new NotSupportedException());
        foreach (var marshaller in new[] { Marshaller, unannounced })
        {
            using var frame = MessageFrame.Of(marshaller, packet);
            Assert.Equal(0, frame.Bytes.Span[0]);
            Assert.Equal(packet.CalculateSize(), BinaryPrimitives.ReadInt32BigEndian(frame.Bytes.Span[1..]));
            Assert.Equal(packet, Packet.Parser.ParseFrom(frame.Bytes.Span[5..]));
        }
    }

    private static byte[] Frame(Packet packet) => MessageFrame.Of(Marshaller, packet).Bytes.ToArray();

    private async Task<List<Packet>> ReadToEndAsync()
    {
        var packets = new List<Packet>();
        while (await _reader.ReadAsync(Token) is { } packet)
            packets.Add(packet);
        return packets;
    }
}
