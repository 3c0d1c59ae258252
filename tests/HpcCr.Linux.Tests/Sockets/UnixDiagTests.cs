using System.Net.Sockets;

namespace HpcCr.Linux.Tests.Sockets;

public sealed class UnixDiagTests
{
    [Fact]
    public void List_KnowsBothEndsOfAConnection()
    {
        string path = Path.Combine(Path.GetTempPath(), $"hpccr-unix-{Guid.NewGuid():N}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        try
        {
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(new UnixDomainSocketEndPoint(path));
            using var server = listener.Accept();
            uint InodeOf(Socket socket) =>
                OpenDescriptor.Of(Environment.ProcessId).Single(file => file.Number == (int)socket.Handle).InodeOf("socket") ?? 0;

            var all = UnixDiag.List();
            Assert.Equal(new UnixSocketInfo(InodeOf(client), InodeOf(server), false), all.Single(socket => socket.Inode == InodeOf(client)));
            Assert.Equal(new UnixSocketInfo(InodeOf(server), InodeOf(client), false, path), all.Single(socket => socket.Inode == InodeOf(server)));
            Assert.Equal(0u, all.Single(socket => socket.Inode == InodeOf(listener)).Peer);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
