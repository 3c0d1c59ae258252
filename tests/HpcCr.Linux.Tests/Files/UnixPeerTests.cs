using System.Net.Sockets;
using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Files;

public sealed class UnixPeerTests
{
    [Fact]
    public async Task Process_OfAConnection_IsTheOneThatConnected_AndNobodyOnceItHasEnded()
    {
        Needs.Program("python3");
        using var folder = new TestFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        listener.Listen();
        // A child that ends hands its connection on to its parent, which lives.
        using ChildProcess parent = Shell.StartInto(folder["out"], ["python3", "-c", """
            import os, socket, sys, time
            kept = socket.socket(socket.AF_UNIX)
            if os.fork() == 0:
                kept.connect(sys.argv[1])
                os._exit(0)
            os.wait()
            own = socket.socket(socket.AF_UNIX)
            own.connect(sys.argv[1])
            time.sleep(1000)
            """, folder["socket"]]);
        using Socket ofTheChild = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        using Socket ofTheParent = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        using PidFd? living = UnixPeer.Process(ofTheParent);
        Assert.Equal(parent.Pid, living?.Pid);
        Assert.True(living!.HasItsNumber);
        Assert.Null(UnixPeer.Process(ofTheChild));

        parent.Kill(Signals.Kill);
        await parent.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(living.HasItsNumber);
        Assert.Null(UnixPeer.Process(ofTheParent));
    }
}
