using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using HpcCr.Guard.Protocol;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard.Tests;

public sealed class MessageChannelTests : IAsyncDisposable
{
    private readonly Pipe _pipe = new();
    private readonly MessageChannel _sender;
    private readonly MessageChannel _receiver;

    public MessageChannelTests()
    {
        _sender = new MessageChannel(_pipe.Writer.AsStream());
        _receiver = new MessageChannel(_pipe.Reader.AsStream());
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Receive_OfWhatWasSent_IsTheSame_OneAfterTheOther()
    {
        await _sender.SendAsync(Request("a b\n'c'"), Cancelled);
        await _sender.SendAsync(new AgentRequest(), Cancelled);
        await _sender.SendAsync(Request("last"), Cancelled);

        Assert.Equal(Request("a b\n'c'"), await ReceiveAsync());
        Assert.Equal(new AgentRequest(), await ReceiveAsync());
        Assert.Equal(Request("last"), await ReceiveAsync());
    }

    [Fact]
    public async Task Receive_OfAMessageInSingleBytes_IsTheSame()
    {
        var receiving = ReceiveAsync();
        foreach (var part in Frame(Request("slow").ToByteArray()))
            await _pipe.Writer.WriteAsync(new[] { part }, Cancelled);

        Assert.Equal(Request("slow"), await receiving);
    }

    [Fact]
    public async Task Send_OfManyAtOnce_MixesNothing()
    {
        var receiving = Task.Run(async () =>
        {
            List<string> got = [];
            while (got.Count < 50)
                got.Add((await ReceiveAsync())!.Command[0]);
            return got;
        });

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => _sender.SendAsync(Request($"{i}-{new string('x', 5000)}"), Cancelled))));

        Assert.Equal(50, (await receiving).Distinct().Count());
    }

    [Fact]
    public async Task Receive_AtTheEnd_IsNothing()
    {
        await _pipe.Writer.CompleteAsync();

        Assert.Null(await ReceiveAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(MessageChannel.MaximumBytes + 1)]
    public async Task Receive_OfAnImpossibleLength_IsRefusedBeforeAnythingIsRead(int length)
    {
        var header = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        await _pipe.Writer.WriteAsync(header, Cancelled);

        Assert.Contains($"{length} bytes", (await Assert.ThrowsAsync<InvalidDataException>(ReceiveAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receive_OfAMessageThatIsCut_IsRefusedWhereverItWasCut()
    {
        var frame = Frame(Request("whole").ToByteArray());
        for (var length = 1; length < frame.Length; length++)
        {
            await using var cut = new MessageChannel(new MemoryStream(frame[..length]));
            await Assert.ThrowsAsync<InvalidDataException>(() => cut.ReceiveAsync(AgentRequest.Parser, Cancelled));
        }
    }

    [Fact]
    public async Task Receive_OfGarbage_IsAMessageOrRefused_AndNothingElse()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var body = new byte[random.Next(1, 60)];
            random.NextBytes(body);
            await using var channel = new MessageChannel(new MemoryStream(round % 2 == 0 ? Frame(body) : body));
            try
            {
                while (await channel.ReceiveAsync(GuardRequest.Parser, Cancelled) is not null)
                {
                }
            }
            catch (InvalidDataException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public async Task Receive_OfALengthThatIsOnlyAnnounced_TakesLittleMemory()
    {
        var header = new byte[sizeof(int) + 10];
        BinaryPrimitives.WriteInt32LittleEndian(header, MessageChannel.MaximumBytes);
        await using var channel = new MessageChannel(new MemoryStream(header));
        var before = GC.GetAllocatedBytesForCurrentThread();

        await Assert.ThrowsAsync<InvalidDataException>(() => channel.ReceiveAsync(AgentRequest.Parser, Cancelled));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task Receive_OfTheLongestMessage_IsWhole()
    {
        var longest = Request(new string('x', MessageChannel.MaximumBytes - 100));
        await using var channel = new MessageChannel(new MemoryStream(Frame(longest.ToByteArray())));

        Assert.Equal(longest, await channel.ReceiveAsync(AgentRequest.Parser, Cancelled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receive_OfMessagesDamagedAtRandom_IsAMessageOrRefused(bool toTheGuard)
    {
        var random = new Random(3);
        var whole = toTheGuard
            ? new GuardRequest { Id = 7, Restore = new RestoreSandbox { Images = "/a", Root = "/b", Cgroup = "/c", External = { "mnt[]:ms", "x" }, Engine = new EngineCommand { Argv = { "criu" } } } }.ToByteArray()
            : new GuardReply { Id = 7, Failure = new GuardFailure { What = "a", Next = "b" }, Status = new GuardStatus { LastAbort = "c" }, Parked = { new ParkedTimers { Cookie = 1 } } }.ToByteArray();
        for (var round = 0; round < 5000; round++)
        {
            var body = whole.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            var frame = Frame(body);
            if (random.Next(4) == 0)
                frame[random.Next(4)] ^= (byte)(1 << random.Next(8));
            await using var channel = new MessageChannel(new MemoryStream(frame));
            var fault = await Record.ExceptionAsync(async () => _ = toTheGuard
                ? (IMessage?)await channel.ReceiveAsync(GuardRequest.Parser, Cancelled)
                : await channel.ReceiveAsync(GuardReply.Parser, Cancelled));
            Assert.True(fault is null or InvalidDataException, $"round {round}: {fault}\n{Convert.ToHexString(frame)}");
        }
    }

    [Fact]
    public async Task Receive_WhenCancelled_Stops() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _receiver.ReceiveAsync(AgentRequest.Parser, new CancellationToken(canceled: true)));

    private static AgentRequest Request(string text) => new() { Node = "node2", Command = { text } };

    private static byte[] Frame(byte[] body)
    {
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        return frame;
    }

    private Task<AgentRequest?> ReceiveAsync() => _receiver.ReceiveAsync(AgentRequest.Parser, Cancelled);
}
