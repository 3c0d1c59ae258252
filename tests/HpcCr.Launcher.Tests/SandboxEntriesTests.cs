using HpcCr.Core;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher.Tests;

public sealed class SandboxEntriesTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Head_RunsTheCommandUnderInitAsTheUser()
    {
        var entry = Entries(TestNode.Spec()).Head();

        Assert.EndsWith("/tini", entry.Argv[0], StringComparison.Ordinal);
        Assert.Equal(["-g", "--", "mpirun", "./a b"], entry.Argv.Skip(1));
        Assert.Equal((1000u, 1000u, 0x3fu, "/home/user", "node2", "/cg"), (entry.Uid, entry.Gid, entry.Umask, entry.WorkingDirectory, entry.HostName, entry.Cgroup));
        Assert.Equal(("/ckpt/stencil/stdout.log", "/ckpt/stencil/stderr.log"), (entry.StandardOutput, entry.StandardError));
        Assert.Equal([new Limit { Resource = 7, Soft = 100, Hard = 200 }], entry.Limits);
        Assert.Contains(1000u, entry.Groups);
        Assert.DoesNotContain(0u, entry.Groups);
        Assert.False(entry.Join);
    }

    [Fact]
    public void Waiting_OnAnotherNode_OnlyWaits()
    {
        var entry = Entries(TestNode.Spec()).Waiting();

        Assert.Equal(["--", "sleep", "infinity"], entry.Argv.Skip(1));
        Assert.Equal("/ckpt/stencil/node2.log", entry.StandardOutput);
        Assert.Equal(entry.StandardOutput, entry.StandardError);
    }

    [Fact]
    public void Remote_JoinsTheSandboxAndIsRunByAShellAsSshWould()
    {
        var entry = Entries(TestNode.Spec()).Remote(["PATH=/x:$PATH", ";", "orted", "-x"]);

        Assert.True(entry.Join);
        Assert.Equal(["/bin/sh", "-c", "PATH=/x:$PATH ; orted -x"], entry.Argv);
        Assert.Empty(entry.Binds);
        Assert.Equal((1000u, "/ckpt/stencil/node2.log"), (entry.Uid, entry.StandardOutput));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Head_HasPrivateMemoryAndTemporaryFolders_AndTmpOnlyIfAskedFor(bool privateTmp)
    {
        var entry = Entries(TestNode.Spec() with { PrivateTmp = privateTmp }).Head();

        var binds = entry.Binds.ToDictionary(b => b.Target, b => b.Source);
        Assert.Equal(_node.Layout.SharedMemory, binds["/dev/shm"]);
        Assert.Equal(_node.Layout.Temporary, binds[_node.Layout.TemporaryInside]);
        Assert.Equal(privateTmp, binds.ContainsKey("/tmp"));
        Assert.Equal(_node.Run.Jobs, entry.Hidden);
    }

    [Fact]
    public void Environment_TheJobsValuesWinOverTheNodes_AndOursOverBoth()
    {
        var options = _node.Options with { JobEnvironment = new Dictionary<string, string> { ["A"] = "node", ["B"] = "node" } };
        var spec = TestNode.Spec(1000, ("A", "user"), ("TMPDIR", "/elsewhere"), ("HPCCR_JOB", "forged"), ("HPCCR_RUN_DIR", "/forged"));

        var variables = new SandboxEntries(spec, options.Node, _node.Layout, "/cg", [], options).Head().Environment.ToDictionary(v => v.Split('=', 2)[0], v => v.Split('=', 2)[1]);

        Assert.Equal(("user", "node"), (variables["A"], variables["B"]));
        Assert.Equal(_node.Layout.TemporaryInside, variables["TMPDIR"]);
        Assert.Equal(("stencil", "node2", _node.Run.Root), (variables["HPCCR_JOB"], variables["HPCCR_NODE"], variables["HPCCR_RUN_DIR"]));
    }

    private SandboxEntries Entries(JobSpec spec) => new(spec, _node.Options.Node, _node.Layout, "/cg", [], _node.Options);
}
