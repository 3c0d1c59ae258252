using System.Diagnostics;
using HpcCr.Core;
using HpcCr.Linux.Tests.Cgroups;
using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Bpf;

/// <summary>Real programs in a real cgroup, which go on using addresses that nobody has any more.</summary>
public sealed class AddressTranslationTests
{
    private const string Talk = """
        import os, socket, sys
        open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
        own, peer, mapped = sys.argv[2], sys.argv[3], sys.argv[4] == "mapped"
        family = socket.AF_INET6 if ":" in own or mapped else socket.AF_INET
        name = lambda a: "::ffff:" + a if mapped else a
        server = socket.socket(family)
        server.bind((name(own), 0))
        server.listen()
        print(server.getsockname()[0])
        client = socket.socket(family)
        client.bind((name(peer), 0))
        client.connect((name(own), server.getsockname()[1]))
        accepted, remote = server.accept()
        print(client.getsockname()[0], client.getpeername()[0], accepted.getsockname()[0], accepted.getpeername()[0], remote[0])
        receiver = socket.socket(family, socket.SOCK_DGRAM)
        receiver.bind((name(own), 0))
        sender = socket.socket(family, socket.SOCK_DGRAM)
        sender.bind((name(own), 0))
        sender.sendto(b"x", (name(own), receiver.getsockname()[1]))
        print(receiver.recvfrom(10)[1][0])
        """;

    [Theory]
    [InlineData("10.1.2.3", "127.0.0.2", "plain")]
    [InlineData("10.1.2.3", "127.0.0.2", "mapped")]
    [InlineData("fd00:1::5", "::1", "plain")]
    public async Task Attach_LetsACgroupGoOnWithAnAddressThatIsGone(string seen, string real, string how)
    {
        Needs.Root();
        await using var test = new TestCgroup();
        AddressTranslation.Attach(test.Cgroup.Path, View(seen, real));
        var shown = how == "mapped" ? "::ffff:" + seen : seen;
        PrivateNetwork.Run(() =>
        {
            Assert.Equal($"{shown}\n{shown} {shown} {shown} {shown} {shown}\n{shown}\n", Run(test.Cgroup.Path, seen, seen, how));
            // Others, and other addresses, are let alone.
            Assert.Equal("failed", Run("/sys/fs/cgroup", seen, seen, how, joins: false));
        });
    }

    [Fact]
    public async Task Attach_LeavesOtherAddressesAlone()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        AddressTranslation.Attach(test.Cgroup.Path, View("10.1.2.3", "127.0.0.2"));
        PrivateNetwork.Run(() => Assert.StartsWith("127.0.0.9\n127.0.0.8 127.0.0.9 127.0.0.9 127.0.0.8 127.0.0.8\n",
            Run(test.Cgroup.Path, "127.0.0.9", "127.0.0.8", "plain"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attach_OfAThousandAddresses_IsTakenByTheKernel()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        var many = Enumerable.Range(0, 1000).Select(i => new AddressChange($"10.{i / 250}.{i % 250}.1", $"10.9.{i / 250}.{i % 250}")).ToList();
        AddressTranslation.Attach(test.Cgroup.Path, new AddressView { Outgoing = [.. many, new AddressChange("10.99.0.1", "127.0.0.2")], Binding = View("10.99.0.1", "127.0.0.2").Binding });
        PrivateNetwork.Run(() => Assert.StartsWith("127.0.0.2\n", Run(test.Cgroup.Path, "10.99.0.1", "10.99.0.1", "plain"), StringComparison.Ordinal));
    }

    private static AddressView View(string seen, string real) => new()
    {
        Outgoing = [new AddressChange(seen, real)],
        Binding = [new AddressChange(seen, real)],
        Peers = [new AddressChange(real, seen)],
        Own = [new AddressChange(real, seen)],
    };

    private static string Run(string cgroup, string own, string peer, string how, bool joins = true)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", joins ? Talk : Talk.Replace("open(sys", "#", StringComparison.Ordinal), cgroup, own, peer, how])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : "failed";
    }
}
