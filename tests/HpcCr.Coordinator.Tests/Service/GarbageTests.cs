using Google.Protobuf;
using Google.Protobuf.Reflection;
using HpcCr.Core;
using HpcCr.Coordinator.Tests.Support;
using HpcCr.Protocol.V1;
using HpcCr.Rpc;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator.Tests.Service;

/// <summary>A real coordinator at its socket, told nonsense: it closes that connection or ends that call, and serves everybody else.</summary>
public sealed class GarbageTests : IAsyncLifetime, ILoggerProvider, ILogger
{
    private const long MostBytes = 128 << 20;
    private readonly RunLayout _run = new(Directory.CreateTempSubdirectory("hpccr-garbage-").FullName);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _defects = [];
    private readonly LoggerFactory _logs = new();
    private Task _running = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _logs.AddProvider(this);
        _running = new CoordinatorHost(new CoordinatorOptions { Run = _run, StateDirectory = Path.Combine(_run.Root, "state") }, _logs).RunAsync(_stop.Token);
        await Eventually.Until(() => File.Exists(_run.CoordinatorSocket) || _running.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _logs.Dispose();
        Directory.Delete(_run.Root, recursive: true);
    }

    [Fact]
    public async Task BytesThatAreNoHttp2_CloseTheirConnectionOnly()
    {
        var random = new Random(1);
        await AfterEachAsync(60, _ =>
        {
            using var caller = new RawCaller(_run.CoordinatorSocket);
            if (random.Next(2) == 0)
                caller.Begin();
            var bytes = new byte[random.Next(1, 4096)];
            random.NextBytes(bytes);
            caller.Send(bytes);
            caller.Listen();
        });
    }

    [Fact]
    public async Task FramesInAnyOrder_WithAnyLengthAndStream_EndTheirConnectionOnly()
    {
        var random = new Random(2);
        await AfterEachAsync(80, _ =>
        {
            using var caller = new RawCaller(_run.CoordinatorSocket);
            caller.Begin();
            for (var frames = random.Next(1, 12); frames > 0; frames--)
            {
                if (random.Next(3) == 0)
                {
                    caller.Call(Methods()[random.Next(Methods().Count)].Path, random.Next(0, 9), flags: (byte)random.Next(256));
                    continue;
                }

                var payload = new byte[random.Next(200)];
                random.NextBytes(payload);
                int? length = random.Next(4) == 0 ? random.Next(1 << 24) : null;
                caller.Send(RawCaller.Frame((byte)random.Next(12), (byte)random.Next(256), random.Next(-1, 9), payload, length));
            }

            caller.Listen();
        });
    }

    [Fact]
    public async Task MessagesWithWrongHeads_EndTheirCallOnly()
    {
        (byte Flag, uint? Length)[] heads = [(0, 0), (0, 1), (0, uint.MaxValue), (0, int.MaxValue), (0, 16 << 20), (0, (16 << 20) + 1), (1, null), (2, null), (255, null)];
        foreach (var (path, _) in Methods())
        {
            await AfterEachAsync(heads.Length, i =>
            {
                using var caller = new RawCaller(_run.CoordinatorSocket);
                caller.Begin();
                caller.Call(path, 1, heads[i].Flag == 1 ? "gzip" : "identity");
                caller.Send(RawCaller.Frame(RawCaller.Data, 0, 1, RawCaller.Message([1, 2, 3], heads[i].Flag, heads[i].Length)));
                // Trailers after half a message, which no caller has.
                caller.Send(RawCaller.Frame(RawCaller.Headers, RawCaller.EndHeaders | RawCaller.EndStream, 1, RawCaller.Header("grpc-status", "0")));
                caller.Listen();
            });
        }
    }

    [Fact]
    public async Task DamagedMessagesOfEveryMethod_EndTheirCallOnly()
    {
        var random = new Random(3);
        foreach (var (path, sample) in Methods())
        {
            await AfterEachAsync(12, _ =>
            {
                using var caller = new RawCaller(_run.CoordinatorSocket);
                caller.Begin();
                for (var stream = 1; stream < 12; stream += 2)
                {
                    caller.Call(path, stream);
                    var damaged = sample.ToArray();
                    for (var changes = random.Next(0, 4); changes > 0 && damaged.Length > 0; changes--)
                        damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                    caller.Send(RawCaller.Frame(RawCaller.Data, RawCaller.EndStream, stream, RawCaller.Message(damaged)));
                }

                caller.Listen();
            });
        }
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Error)
            return;
        lock (_defects)
            _defects.Add($"{formatter(state, exception)} {exception}");
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    void IDisposable.Dispose()
    {
    }

    // Who speaks sense is served before and after, the process stays small, and nothing is logged as a defect.
    private async Task AfterEachAsync(int rounds, Action<int> harm)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < rounds; round++)
            harm(round);
        using var channel = GrpcChannel.ForUnixSocket(_run.CoordinatorSocket);
        var answer = await new Protocol.V1.Coordinator.CoordinatorClient(channel).NodesAsync(new NodesRequest(), cancellationToken: Token).ResponseAsync.Within();
        Assert.All(answer.Nodes, node => Assert.True(NodeName.IsValid(node.Name)));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostBytes);
        lock (_defects)
            Assert.Empty(_defects);
    }

    private static IReadOnlyList<(string Path, byte[] Sample)> Methods() =>
    [
        .. new[] { CoordinatorReflection.Descriptor, LauncherReflection.Descriptor }.SelectMany(file => file.Services).SelectMany(service => service.Methods)
            .Select(method => ($"/{method.Service.FullName}/{method.Name}", Filled(method.InputType, 3).ToByteArray())),
    ];

    // Something in every field, of each oneof in the last.
    private static IMessage Filled(MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom([]);
        foreach (var field in type.Fields.InDeclarationOrder().Where(f => !f.IsMap && (f.FieldType != FieldType.Message || depth > 0)))
        {
            if (field.IsRepeated)
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(Value(field, depth));
            else
                field.Accessor.SetValue(message, Value(field, depth));
        }

        return message;
    }

    private static object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Message => Filled(field.MessageType, depth - 1),
        FieldType.String => "node1",
        FieldType.Bytes => ByteString.CopyFromUtf8("{}"),
        FieldType.Bool => true,
        FieldType.Double => 1.5,
        FieldType.UInt32 => 7u,
        FieldType.UInt64 => 7ul,
        FieldType.Int32 => 7,
        FieldType.Int64 => 7L,
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, 1),
        _ => throw new NotSupportedException($"{field.FullName} is of a type that this test does not know"),
    };
}
