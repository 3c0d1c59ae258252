using HpcCr.Cli.Lab;
using HpcCr.Cli.Processes;
using HpcCr.Cli.Tests.Support;

namespace HpcCr.Cli.Tests.Lab;

/// <summary>Nodes without daemons, in a run folder of their own.</summary>
[Collection(nameof(ProcessWide))]
public sealed class LabTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ProcessWide _variables = new();
    private readonly LabLayout _layout;
    private readonly List<string> _started = [];

    public LabTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "namespaces need root");
        _layout = new LabLayout(new RunLayout(_folder.In("run")));
        _variables.Set(RunLayout.Variable, _layout.Run.Root);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_HaveNamesAndAddressesOfTheirOwn_AndSeeEachOther()
    {
        var state = await UpAsync(2);
        Assert.Equal(["control", "node1", "node2"], _started);
        Assert.Equal("node2\n", (await InAsync(state, 2, "hostname")).Output);
        Assert.Contains("10.88.0.12/24", (await InAsync(state, 2, "ip", "-o", "addr", "show", "eth0")).Output, StringComparison.Ordinal);
        Assert.Equal("10.88.0.11\n", (await InAsync(state, 2, "bash", "-c", "getent ahostsv4 node1 | head -1 | cut -d' ' -f1")).Output);
        // A refused connection has crossed the bridge and come back.
        Assert.Contains("refused", (await InAsync(state, 1, "bash", "-c", "exec 3<>/dev/tcp/10.88.0.12/9")).Errors, StringComparison.Ordinal);
        Assert.Contains("refused", (await InAsync(state, 1, "bash", "-c", "exec 3<>/dev/tcp/fd88::12/9")).Errors, StringComparison.Ordinal);
        Assert.Equal("eth0\nlo\n", (await InAsync(state, 1, "ls", "/sys/class/net")).Output);
    }

    [Fact]
    public async Task Nodes_HaveAProcessAndARunFolderOfTheirOwn()
    {
        var state = await UpAsync(2);
        await InAsync(state, 1, "bash", "-c", $"echo 1 > {_layout.Run.Root}/mine; echo 1 > /dev/shm/mine");
        Assert.Equal("no\n", (await InAsync(state, 2, "bash", "-c", $"test -e {_layout.Run.Root}/mine -o -e /dev/shm/mine && echo yes || echo no")).Output);
        Assert.True(File.Exists(Path.Combine(_layout.NodeRun(new LabNode(1)), "mine")));
        Assert.Equal("tini -- sleep infinity ", (await InAsync(state, 1, "bash", "-c", "tr '\\0' ' ' </proc/1/cmdline")).Output);
        Assert.Equal("0\n", (await InAsync(state, 1, "bash", "-c", "ls /proc/1/fd | grep -vcx '[012]'")).Output);
    }

    [Fact]
    public async Task ANodeWithoutPower_IsGoneAtOnce_AndComesBackWithItsAddress()
    {
        var state = await UpAsync(2);
        await InAsync(state, 2, "bash", "-c", "setsid -f sleep 1000 </dev/null >/dev/null 2>&1");
        state = await LabNodes.CutPowerAsync(_layout, state, new LabNode(2), Cancelled);
        Assert.Null(state.Init(new LabNode(2)));
        Assert.False(Directory.Exists(Path.Combine(state.Cgroup, "node2")));
        _started.Clear();
        state = await LabNodes.StartNodesAsync(_layout, state, _started.Add, Cancelled);
        Assert.Equal(["node2"], _started);
        Assert.Contains("refused", (await InAsync(state, 1, "bash", "-c", "exec 3<>/dev/tcp/10.88.0.12/9")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Down_LeavesNothing()
    {
        var mounts = await File.ReadAllTextAsync("/proc/self/mounts", Cancelled);
        var state = await UpAsync(2);
        var inits = state.Inits.Values.Append(state.Control!).ToList();
        Assert.True(await LabDown.RunAsync(_layout, Cancelled));
        Assert.DoesNotContain(inits, init => init.IsAlive);
        Assert.False(Directory.Exists(state.Cgroup));
        Assert.False(Directory.Exists(_layout.Run.Root));
        Assert.Equal(mounts, await File.ReadAllTextAsync("/proc/self/mounts", Cancelled));
        Assert.False(await LabDown.RunAsync(_layout, Cancelled));
    }

    [Fact]
    public async Task Down_WithADamagedRecord_StillLeavesNothing()
    {
        var state = await UpAsync(1);
        await File.WriteAllTextAsync(_layout.State, "{", Cancelled);
        Assert.True(await LabDown.RunAsync(_layout, Cancelled));
        Assert.DoesNotContain(state.Inits.Values.Append(state.Control!), init => init.IsAlive);
        Assert.False(Directory.Exists(_layout.Run.Root));
    }

    [Fact]
    public async Task Down_WhenItsFolderIsGone_StillLeavesNothing()
    {
        var state = await UpAsync(1);
        Directory.Delete(_layout.Root, recursive: true);
        Assert.True(await LabDown.RunAsync(_layout, Cancelled));
        Assert.DoesNotContain(state.Inits.Values.Append(state.Control!), init => init.IsAlive);
        Assert.False(Directory.Exists(state.Cgroup));
    }

    [Fact]
    public void AReusedPid_IsNotTheSameProcess()
    {
        var self = ProcessIdentity.Of(Environment.ProcessId)!;
        Assert.True(self.IsAlive);
        Assert.False((self with { StartTicks = self.StartTicks - 1 }).IsAlive);
        // Would end this test if it did not look.
        (self with { StartTicks = self.StartTicks - 1 }).Kill();
    }

    public async ValueTask DisposeAsync()
    {
        if (_layout is not null) await LabDown.RunAsync(_layout, CancellationToken.None);
        _variables.Dispose();
        _folder.Dispose();
    }

    private async Task<LabState> UpAsync(int nodes) =>
        await LabNodes.StartNodesAsync(_layout, LabUp.Prepare(_layout, nodes, 2), _started.Add, Cancelled);

    private static Task<(int ExitCode, string Output, string Errors)> InAsync(LabState state, int node, params string[] command) =>
        Tool.TryRunAsync("nsenter", [.. LabDaemons.Entry(state.Init(new LabNode(node))!, "/"), "--", .. command], "", Cancelled);
}
