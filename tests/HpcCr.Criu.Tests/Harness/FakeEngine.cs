using System.Net.Sockets;
using Google.Protobuf;
using HpcCr.Criu.Wire;

namespace HpcCr.Criu.Tests.Harness;

/// <summary>The other end of the socketpair, held by the test, which says what it likes.</summary>
internal sealed class FakeEngine : IDisposable
{
    private readonly Socket _end;

    public FakeEngine()
    {
        var (ours, theirs) = Native.SocketPair();
        Native.SetCloseOnExec(ours);
        Native.SetCloseOnExec(theirs);
        _end = new Socket(new SafeSocketHandle(theirs, ownsHandle: true));
        Connection = new CriuConnection(new SafeSocketHandle(ours, ownsHandle: true));
        Engine = new CriuEngine(Connection);
    }

    public CriuConnection Connection { get; }

    public CriuEngine Engine { get; }

    public void Send(byte[] packet) => _end.Send(packet);

    public void Send(Response response) => Send(response.ToByteArray());

    public void Notify(string name) =>
        Send(new Response { Type = RequestType.Notify, Success = true, Notification = new Notification { Script = name } });

    public async Task<Request> ReceiveAsync()
    {
        var buffer = new byte[65536];
        var length = await _end.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        var request = new Request();
        ProtobufReader.Merge(request, buffer[..length]);
        return request;
    }

    public void Close() => _end.Dispose();

    public void Dispose()
    {
        _end.Dispose();
        Connection.Dispose();
    }
}
