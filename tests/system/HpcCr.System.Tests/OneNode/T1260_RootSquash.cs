using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>A checkpoint directory where root is nobody, as on a file server that squashes root: everything there is done as the job's user.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1260_RootSquash(OneNodeLab lab) : SystemTest(lab), IAsyncLifetime
{
    private const int Owner = 4242;
    private string _mounted = "";
    private string _real = "";
    private RunningCommand? _server;

    public async ValueTask InitializeAsync()
    {
        var (real, mounted) = (Lab.NewFolder("real"), Lab.NewFolder("squashed"));
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", real])).EndsWith(0);
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // On the node, whose launcher is the root that is squashed.
        (_real, _mounted) = (real, mounted);
        _server = await ServeAsync();
        Assert.SkipWhen(_server.HasEnded, $"no file system that squashes root can be made here: {_server.Stderr.Trim().Split('\n')[^1]}");
        Assert.NotEqual(0, (await OnNodeAsync(["ls", mounted])).ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            return;
        await OnNodeAsync(["umount", "--lazy", _mounted]);
        await _server.EndAsync();
        await _server.DisposeAsync();
    }

    private async Task<RunningCommand> ServeAsync(string mode = "squash")
    {
        var server = Hpccr.Start("lab", "exec", "node1", "--", TestPrograms.RootSquash, _real, _mounted, mode);
        await Await.UntilAsync("a file system of the test's", async () => server.HasEnded || (await OnNodeAsync(["grep", _mounted, "/proc/self/mounts"])).ExitCode == 0);
        return server;
    }

    [Fact]
    public async Task EpochsOfAnOrdinaryUsersJob_AreMadeVerifiedAndRemovedThere_AndRestartOnceRootMayOpenItsFiles()
    {
        // The node alone sees the mount: the commands are typed there.
        var name = Lab.NewName("squash");
        await AsOwnerAsync(0, "run", "--name", name, "--ckpt-dir", _mounted, "--keep", "3", "--interval", "1s", "--detach", "--", TestPrograms.Fill, "--mib", "2", "--steps", "12000", "--every", "50");
        await Await.UntilAsync("two epochs by themselves", () => Directory.Exists(Path.Combine(_real, name, "epoch-000002")), null, () => Lab.LauncherLog(1));
        Assert.Contains("stdout.log, which root may not open", (await BetweenEpochsAsync("check", name)).Stdout, StringComparison.Ordinal);
        await BetweenEpochsAsync("checkpoint", name, "--stop");
        await AsOwnerAsync(0, "verify", name);
        await AsOwnerAsync(0, "prune", name, "--keep", "1");
        Assert.Single(Directory.GetDirectories(Path.Combine(_real, name), "epoch-*"));
        // The engine opens the job's output as root.
        (await AsOwnerAsync(6, "restart", name, "--detach")).FailsWith(6, ["root may not open", "stdout.log"]);
        await DisposeAsync();
        _server = await ServeAsync("open");
        await AsOwnerAsync(0, "restart", name, "--interval", "off", "--detach");
        await AsOwnerAsync(0, "wait", name);
    }

    // The job makes epochs by itself, and there is never more than one.
    private async Task<CommandResult> BetweenEpochsAsync(params string[] command)
    {
        CommandResult? said = null;
        await Await.UntilAsync("the end of an epoch", async () =>
            !(said = await OnNodeAsync([.. CommandOptions.AsUser(Owner).Prefix, Deployment.Hpccr, .. command])).Stderr.Contains("is under way", StringComparison.Ordinal));
        return said!.EndsWith(0);
    }

    private Task<CommandResult> OnNodeAsync(string[] command) => Hpccr.RunAsync(["lab", "exec", "node1", "--", .. command]);

    private async Task<CommandResult> AsOwnerAsync(int exitCode, params string[] command) =>
        (await OnNodeAsync([.. CommandOptions.AsUser(Owner).Prefix, Deployment.Hpccr, .. command])).EndsWith(exitCode);
}
