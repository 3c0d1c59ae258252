using System.Globalization;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

/// <summary>A user who puts something else in the place of the files that daemons, and root's commands, read and write in the user's folders.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T7120_FilesOfOrdinaryUsers(OneNodeLab lab) : SystemTest(lab)
{
    private const int Owner = 4242;
    private const int Other = 4243;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("fifo")]
    [InlineData("zero")]
    [InlineData("lease")]
    [InlineData("large")]
    public async Task AManifestThatIsNone_IsRefusedAtOnce_HoldsNobodyElse_AndCostsNoMemory(string kind)
    {
        var job = await StartAsync(Owner, "--keep", "1");
        var epoch = await job.CheckpointAsync();
        var other = await StartAsync(Other, "--keep", "1");
        await other.CheckpointAsync();
        var before = await LauncherKiBAsync();
        var copy = Path.Combine(job.Folder, "epoch-000009");
        Directory.CreateDirectory(copy);
        await using var holder = await ReplaceAsync(kind, epoch.Manifest, Path.Combine(copy, "manifest.json"));
        // Its retention looks at what is there; the other user's must not wait for that.
        await using var own = Hpccr.Start(job.Options with { Deadline = Soon }, "checkpoint", job.Name);
        await using var prune = Hpccr.Start(job.Options with { Deadline = Soon }, "prune", job.Name, "--keep", "1");
        (await other.Hpccr.RunAsync(other.Options with { Deadline = Soon }, "checkpoint", other.Name)).EndsWith(0);
        (await other.Hpccr.RunAsync(other.Options with { Deadline = Soon }, "checkpoint", other.Name, "--stop")).EndsWith(0);
        (await other.Hpccr.RunAsync(other.Options with { Deadline = Soon }, "restart", other.Name, "--detach")).EndsWith(0);
        await own.EndAsync();
        await prune.EndAsync();
        foreach (var options in new[] { job.Options, CommandOptions.Default })
            (await Hpccr.RunAsync(options with { Deadline = Soon }, "restart", copy, "--detach")).FailsWith(5);
        foreach (var command in new[] { "show", "verify" })
            (await Hpccr.RunAsync(CommandOptions.Default with { Deadline = Soon }, command, copy)).FailsWith(5);
        Assert.InRange(await LauncherKiBAsync() - before, long.MinValue, 200 << 10);
        await job.KillAsync();
        await other.KillAsync();
    }

    [Fact]
    public async Task RootsCommands_ReadNoPipeAndFollowNoLinkInAUsersFolder()
    {
        var job = await StartAsync(Owner);
        await job.CheckpointAsync();
        await job.KillAsync();
        var secret = Path.Combine(Lab.NewFolder("secret"), "secret");
        await File.WriteAllTextAsync(secret, "root's own", TestContext.Current.CancellationToken);
        var asRoot = CommandOptions.Default with { Deadline = Soon, Environment = new Dictionary<string, string?> { ["HPCCR_CKPT_DIR"] = Path.GetDirectoryName(job.Folder) } };
        foreach (var (file, command) in new[] { ("stdout.log", "logs"), ("job.json", "list") })
        {
            var path = Path.Combine(job.Folder, file);
            File.Delete(path);
            await RunAsOwnerAsync("mkfifo", path);
            var waited = await Hpccr.RunAsync(asRoot, [command, .. command == "logs" ? [job.Name] : Array.Empty<string>()]);
            Assert.True(command == "list" ? waited.ExitCode == 0 : waited.ExitCode == 1, waited.ToString());
            File.Delete(path);
            await RunAsOwnerAsync("ln", "-s", secret, path);
            var followed = await Hpccr.RunAsync(asRoot, [command, .. command == "logs" ? [job.Name] : Array.Empty<string>()]);
            Assert.DoesNotContain("root's own", followed.Stdout + followed.Stderr, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AFifoInPlaceOfTheManifestThatIsWritten_StopsNoCommit()
    {
        var job = await StartAsync(Owner);
        await job.CheckpointAsync();
        Lab.SetFaults(1, "commit hang");
        await using var checkpoint = Hpccr.Start(job.Options with { Deadline = Soon }, "checkpoint", job.Name);
        await Await.UntilAsync("the commit to be held", () => File.Exists(Path.Combine(Lab.NodeRun(1), "faults.held")));
        foreach (var name in new[] { "manifest.json", "restart.sh" })
            await RunAsOwnerAsync("mkfifo", Path.Combine(job.Folder, "epoch-000002.partial", name));
        Lab.SetFaults(1);
        (await checkpoint.EndAsync()).EndsWith(0);
        (await job.RunAsync("verify", job.Name)).EndsWith(0);
        await job.KillAsync();
    }

    private async Task<TestJob> StartAsync(int user, params string[] options)
    {
        var folder = Lab.NewFolder("files");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{user}:{user}", folder])).EndsWith(0);
        var job = await TestJob.StartAsync(Lab, "files", ["--ckpt-dir", folder, .. options], CommandOptions.AsUser(user) with { WorkingDirectory = folder },
            [TestPrograms.Fill, "--mib", "4"]);
        await job.WaitForLineAsync("ready ");
        return job;
    }

    // The holder of a lease keeps it until it is ended.
    private async Task<RunningCommand> ReplaceAsync(string kind, string manifest, string path)
    {
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", Path.GetDirectoryName(path)!])).EndsWith(0);
        switch (kind)
        {
            case "fifo":
                await RunAsOwnerAsync("mkfifo", path);
                break;
            case "zero":
                await RunAsOwnerAsync("ln", "-s", "/dev/zero", path);
                break;
            case "large":
                await RunAsOwnerAsync("truncate", "--size", "4G", path);
                break;
            default:
                await RunAsOwnerAsync("cp", manifest, path);
                break;
        }

        var holder = Hpccr.StartProgram(CommandOptions.AsUser(Owner), kind == "lease"
            ? [TestPrograms.Python, "-c", $"import fcntl, os, signal, time\nfd = os.open('{path}', os.O_RDWR)\nsignal.signal(signal.SIGIO, signal.SIG_IGN)\nfcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)\nprint('held', flush=True)\ntime.sleep(600)"]
            : ["sh", "-c", "echo held; exec sleep 600"]);
        await Await.UntilAsync("the file to be held", () => holder.Stdout.StartsWith("held", StringComparison.Ordinal), null, () => holder.Stderr);
        return holder;
    }

    private async Task RunAsOwnerAsync(params string[] command) => (await Hpccr.RunProgramAsync(CommandOptions.AsUser(Owner), command)).EndsWith(0);

    private async Task<long> LauncherKiBAsync()
    {
        var said = (await Hpccr.RunAsync("lab", "exec", "node1", "--", "sh", "-c", "grep -l hpccr-launcher /proc/[0-9]*/comm | xargs -n1 dirname | xargs -I@ grep VmHWM @/status")).EndsWith(0).Stdout;
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)).Max();
    }
}
