using System.Diagnostics;
using System.Net;

namespace HpcCr.Linux.Tests;

public sealed class CgroupIdTests(ITestOutputHelper output)
{
    [Fact]
    public void CgroupId_IsTheInodeOfTheFolderInWhichTheSocketWasMade() => PrivateNetwork.Run(() =>
    {
        var root = new[] { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" }.FirstOrDefault(folder => File.Exists($"{folder}/cgroup.procs"));
        Assert.SkipWhen(root is null, "no cgroup v2 hierarchy is mounted");
        var folder = Directory.CreateDirectory($"{root}/hpccr-test-{Environment.ProcessId}-sockets").FullName;
        try
        {
            using var listener = TcpPair.Listen(IPAddress.Loopback);
            var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
            ulong made;
            using (var other = new OtherProcess(port, folder))
            {
                made = Assert.Single(SockDiag.ListTcp(), socket => socket.Remote.Port == port).CgroupId;
                var accepted = Assert.Single(SockDiag.ListTcp(), socket => socket.IsNotAccepted);
                var parent = Assert.Single(SockDiag.ListTcp(), socket => socket.State == TcpState.Listen);
                output.WriteLine($"client {made}, not accepted {accepted.CgroupId}, listener {parent.CgroupId}");
                Assert.Equal(parent.CgroupId, accepted.CgroupId);
                Assert.NotEqual(parent.CgroupId, made);
            }
            Assert.Equal(InodeOf(folder), made);
        }
        finally
        {
            Directory.Delete(folder);
        }
    });

    private static ulong InodeOf(string folder)
    {
        using var stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", "%i", folder]) { RedirectStandardOutput = true })!;
        return ulong.Parse(stat.StandardOutput.ReadToEnd());
    }
}
