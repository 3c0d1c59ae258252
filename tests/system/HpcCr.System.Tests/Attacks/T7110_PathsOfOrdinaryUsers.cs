using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

/// <summary>What the engine makes and changes by name, for a job of an ordinary user: first undisturbed, then with a user who puts a link to root's folder there.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T7110_PathsOfOrdinaryUsers(OneNodeLab lab) : SystemTest(lab)
{
    private const int Owner = 4242;

    [Theory]
    [InlineData("ghost", "inner", "other", "fifo", "folder")]
    [InlineData("sock", "gone", "dgram")]
    [InlineData("name")]
    [InlineData("dead")]
    public async Task WhatAJobHoldsByName_ComesBack(params string[] kinds)
    {
        var folder = await OwnFolderAsync();
        var job = await StartAsync(folder, kinds);
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        // What was restored can be dumped, and restored again.
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "release"), "", TestContext.Current.CancellationToken);
        Assert.Equal("final paths", await job.ResultAsync());
        Assert.DoesNotContain(job.Lines, line => line.StartsWith("broken", StringComparison.Ordinal));
        var left = Directory.EnumerateFileSystemEntries(Path.Combine(folder, "d")).Select(path => Path.GetFileName(path)).Except(["second", "sock", "dgram", "x (deleted)"]);
        Assert.Empty(left);
    }

    [Theory]
    [InlineData("ghost")]
    [InlineData("inner")]
    [InlineData("other")]
    [InlineData("fifo")]
    [InlineData("folder")]
    [InlineData("sock")]
    [InlineData("gone")]
    [InlineData("dgram")]
    public async Task ALinkInPlaceOfTheFolder_OnceTheRightsWereChecked_LeadsTheRestoreNowhere(string kind)
    {
        var folder = await OwnFolderAsync();
        using var roots = new RootsFolder(Lab, "sock", "dgram", "gone");
        var job = await StartAsync(folder, kind);
        await job.CheckpointAsync(stop: true);
        Lab.SetFaults(1, "restore hang");
        await using (var restart = Hpccr.Start(job.Options, "restart", job.Name, "--detach"))
        {
            await HeldAsync("restore");
            await SwapAsync(folder, roots);
            Lab.SetFaults(1);
            var ended = await restart.EndAsync();
            await roots.AssertUntouchedAsync();
            Assert.NotEqual(0, ended.ExitCode);
        }

        await SwapBackAsync(folder);
        AssertNoTemporaryNames(folder);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    [Fact]
    public async Task ALinkOnTheWayToAMountPoint_IsFoundBeforeTheJobRuns()
    {
        var folder = await OwnFolderAsync();
        using var roots = new RootsFolder(Lab);
        Directory.CreateDirectory(Path.Combine(roots.Path, "m"));
        var mount = Path.Combine(folder, "d", "m");
        (await Hpccr.RunProgramAsync(CommandOptions.AsUser(Owner), ["mkdir", "-p", mount])).EndsWith(0);
        (await Hpccr.RunAsync("lab", "exec", "node1", "--", "mount", "-t", "tmpfs", "-o", "mode=1777", "hpccr-test", mount)).EndsWith(0);
        try
        {
            var options = CommandOptions.AsUser(Owner) with { WorkingDirectory = folder };
            var job = await TestJob.StartAsync(Lab, "mounts", ["--ckpt-dir", folder], options, [TestPrograms.Python, TestPrograms.Paths, Path.Combine(folder, "elsewhere", "d"), "name"]);
            await job.WaitForLineAsync("line ");
            await job.CheckpointAsync(stop: true);
            Lab.SetFaults(1, "restore hang");
            await using (var restart = Hpccr.Start(job.Options, "restart", job.Name, "--detach"))
            {
                await HeldAsync("restore");
                await SwapAsync(folder, roots);
                Lab.SetFaults(1);
                (await restart.EndAsync()).FailsWith(5, ["was led to mount something at", roots.Path]);
            }

            await SwapBackAsync(folder);
            await job.RestartAsync();
            await job.WaitForMoreAsync();
            await job.KillAsync();
        }
        finally
        {
            // A test that fails leaves it under the other name.
            foreach (var name in new[] { "d", "link" })
                await Hpccr.RunAsync("lab", "exec", "node1", "--", "umount", Path.Combine(folder, name, "m"));
        }
    }

    [Fact]
    public async Task AFolderThatIsExchangedForALinkAsFastAsCanBe_NeverLeadsTheEngineAstray()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("HPCCR_ATTACK_ROUNDS") ?? "3", System.Globalization.CultureInfo.InvariantCulture);
        var folder = await OwnFolderAsync();
        using var roots = new RootsFolder(Lab, "sock", "dgram", "gone");
        // "bound", not "sock": while the names are exchanged the program itself would find the other folder's socket by name.
        var job = await StartAsync(folder, "ghost", "inner", "other", "fifo", "folder", "bound", "gone", "dgram");
        await job.CheckpointAsync(stop: true);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), roots.Path);
        var (restarts, checkpoints) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var swap = Hpccr.StartProgram(CommandOptions.AsUser(Owner), [TestPrograms.Swap, Path.Combine(folder, "d"), Path.Combine(folder, "link")]);
            await using (swap)
            {
                await Await.UntilAsync("the names to be exchanged", () => swap.Stdout.Length > 0 || swap.HasEnded);
                restarts += (await job.RunAsync("restart", job.Name, "--detach")).ExitCode == 0 ? 1 : 0;
            }

            await roots.AssertUntouchedAsync();
            if (new DirectoryInfo(Path.Combine(folder, "d")).LinkTarget is not null) await ExchangeAsync(folder);
            if (await job.StateAsync() != "Running") await job.RestartAsync();
            swap = Hpccr.StartProgram(CommandOptions.AsUser(Owner), [TestPrograms.Swap, Path.Combine(folder, "d"), Path.Combine(folder, "link")]);
            await using (swap)
            {
                await Await.UntilAsync("the names to be exchanged", () => swap.Stdout.Length > 0 || swap.HasEnded);
                checkpoints += (await job.RunAsync("checkpoint", job.Name)).ExitCode == 0 ? 1 : 0;
            }

            await roots.AssertUntouchedAsync();
            if (new DirectoryInfo(Path.Combine(folder, "d")).LinkTarget is not null) await ExchangeAsync(folder);
            await job.RunAsync("kill", job.Name);
        }

        Assert.DoesNotContain("broken", job.Stdout, StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage($"{rounds} rounds: {restarts} restarts and {checkpoints} checkpoints were done all the same");
    }

    [Fact]
    public async Task EveryCallOfTheEngineThatMakesChangesOrConnectsToAName_IsTakenOver()
    {
        string[] calls =
        [
            "open", "openat", "creat", "mknod", "mknodat", "__xmknod", "__xmknodat", "mkfifo", "mkfifoat", "mkdir", "mkdirat", "symlink", "symlinkat", "link",
            "linkat", "unlink", "unlinkat", "rmdir", "remove", "rename", "renameat", "renameat2", "chown", "lchown", "fchownat", "chmod", "lchmod", "fchmodat",
            "utime", "utimes", "lutimes", "futimesat", "utimensat", "truncate", "setxattr", "lsetxattr", "removexattr", "lremovexattr", "mkstemp", "mkostemp",
            "mkstemps", "freopen", "bind", "connect", "listen", "socketpair", "__open_2", "__openat_2",
        ];
        var wrapped = "/opt/hpccr/criu/lib/criu";
        var engine = File.Exists(wrapped) ? wrapped : "/usr/sbin/criu";
        Assert.SkipUnless(File.Exists(engine), $"the engine is neither {wrapped} nor {engine}");
        var asked = await SymbolsAsync("--undefined-only", engine);
        var taken = await SymbolsAsync("--defined-only", Path.Combine(Deployment.Programs, "libhpccr-engine.so"));
        Assert.Contains("linkat", asked);
        Assert.Empty(asked.Where(name => calls.Contains(name.Replace("64", "", StringComparison.Ordinal))).Except(taken));
    }

    private async Task<IReadOnlyList<string>> SymbolsAsync(string which, string file) =>
    [
        .. (await Hpccr.RunProgramAsync(CommandOptions.Default, ["nm", "-D", which, file])).EndsWith(0).Stdout
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^1].Split('@')[0]),
    ];

    private async Task<string> OwnFolderAsync()
    {
        var folder = Lab.NewFolder("paths");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", folder])).EndsWith(0);
        return folder;
    }

    private async Task<TestJob> StartAsync(string folder, params string[] kinds)
    {
        var options = CommandOptions.AsUser(Owner) with { WorkingDirectory = folder };
        var job = await TestJob.StartAsync(Lab, "paths", ["--ckpt-dir", folder], options, [TestPrograms.Python, TestPrograms.Paths, Path.Combine(folder, "d"), .. kinds]);
        await job.WaitForLineAsync("line ");
        return job;
    }

    private Task HeldAsync(string step) =>
        Await.UntilAsync($"the step {step} to be held", () => File.Exists(Path.Combine(Lab.NodeRun(1), "faults.held")));

    private async Task SwapAsync(string folder, RootsFolder roots)
    {
        // Relative: the engine's root is another one while it mounts.
        File.CreateSymbolicLink(Path.Combine(folder, "link"), Path.GetRelativePath(folder, roots.Path));
        await ExchangeAsync(folder);
    }

    private async Task SwapBackAsync(string folder)
    {
        await ExchangeAsync(folder);
        File.Delete(Path.Combine(folder, "link"));
    }

    private async Task ExchangeAsync(string folder)
    {
        foreach (var (from, to) in new[] { ("d", "third"), ("link", "d"), ("third", "link") })
            (await Hpccr.RunProgramAsync(CommandOptions.AsUser(Owner), ["mv", "-T", Path.Combine(folder, from), Path.Combine(folder, to)])).EndsWith(0);
    }

    private static void AssertNoTemporaryNames(string folder) =>
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories),
            path => path.Contains(".cr.", StringComparison.Ordinal) || path.Contains("cr_link", StringComparison.Ordinal) || path.Contains("criu", StringComparison.Ordinal));
}
