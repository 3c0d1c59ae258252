using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>What cannot be dumped is found before anything is frozen, by `check` and by every checkpoint, and is told with its remedy.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1250_Preflight(OneNodeLab lab) : SystemTest(lab)
{
    private const int Owner = 4242;
    private static readonly string[] Counts = ["--steps", "20"];

    private static string Server(string family, string bind) =>
        $"import socket,time; s=socket.socket({family},socket.SOCK_STREAM); s.bind({bind}); s.listen(); print(s.getsockname(),flush=True); c=s.accept(); time.sleep(300)";

    [Theory]
    [InlineData("device /dev/fuse", "holds /dev/fuse, which cannot be dumped", "Start the job without it")]
    [InlineData("io_uring", "holds io_uring", "UV_USE_IO_URING=0")]
    [InlineData("userfaultfd", "holds userfaultfd", "without it")]
    [InlineData("perf", "holds perf_event", "End the profiler")]
    [InlineData("bpf", "holds bpf-map", "without it")]
    [InlineData("secretmem", "secret memory", "without it")]
    [InlineData("mqueue", "holds /hpccr-holds", "message queues")]
    [InlineData("socket 40 1 0", "a socket of the kind AF_VSOCK", "TCP or UDP")]
    [InlineData("socket 2 1 262", "a socket of the kind MPTCP", "without MPTCP")]
    [InlineData("in-namespace pid", "has a pid namespace of its own", "container or sandbox")]
    [InlineData("in-namespace user", "has a user namespace of its own", "container or sandbox")]
    [InlineData("in-namespace ipc", "has a ipc namespace of its own", "container or sandbox")]
    [InlineData("in-namespace uts", "has a uts namespace of its own", "container or sandbox")]
    [InlineData("in-namespace time", "has a time namespace of its own", "container or sandbox")]
    [InlineData("in-namespace cgroup", "has a cgroup namespace of its own", "container or sandbox")]
    [InlineData("in-namespace net", "does not come back at a restart", "container or sandbox")]
    [InlineData("traced", "is traced by holds (pid ", "Detach or end the debugger")]
    [InlineData("urgent", "TCP urgent data waiting at descriptor", "when the program has read it")]
    [InlineData("ghost 1100", "of 1100 MiB, and up to 1024 MiB can be dumped", "Keep the file's name")]
    public async Task WhatCannotBeDumped_IsRefusedWithItsRemedy_UntilItIsGone(string kind, string what, string remedy)
    {
        var (job, release) = await StartAsync(kind.Split(' '));
        await AssertRefusedAsync(job, what, remedy);
        await AssertFineOnceReleasedAsync(job, release);
    }

    [Fact]
    public async Task WhatCanBeDumped_IsNotFound()
    {
        foreach (var kind in new[] { "events", "sysv", "in-namespace mnt", "socket 16 3 0", "socket 17 3 768", "socket 2 3 1", "device /dev/zero", "ghost 10" })
        {
            var (job, _) = await StartAsync(kind.Split(' '));
            var said = (await job.RunAsync("check", job.Name, "--json")).EndsWith(0).Json;
            Assert.True(said.GetProperty("ok").GetBoolean());
            Assert.Equal(0, said.GetProperty("findings").GetArrayLength());
            await job.CheckpointAsync();
            await job.KillAsync();
        }
    }

    [Fact]
    public async Task AllRanks_AreNamedAtOnce()
    {
        var release = Path.Combine(Lab.NewFolder("preflight"), "release");
        var job = await TestJob.StartAsync(Lab, "preflight", "mpirun.openmpi", "-n", "2", TestPrograms.Holds, "--release", release, "device", "/dev/fuse");
        await job.WaitForLinesAsync("both ranks", lines => lines.Count(line => line == "held device") == 2);
        var said = (await job.RunAsync("check", job.Name, "--json")).EndsWith(6).Json;
        Assert.False(said.GetProperty("ok").GetBoolean());
        Assert.Equal("Unsupported", said.GetProperty("error").GetProperty("kind").GetString());
        var findings = said.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(2, findings.Count);
        Assert.All(findings, finding =>
        {
            Assert.Equal("fault", finding.GetProperty("severity").GetString());
            Assert.Equal("devices", finding.GetProperty("check").GetString());
            Assert.Equal("node1", finding.GetProperty("node").GetString());
        });
        var whats = findings.Select(finding => finding.GetProperty("what").GetString()!).Order(StringComparer.Ordinal).ToList();
        Assert.Matches(@"^rank 0 \(pid \d+\) on node1 holds /dev/fuse, which cannot be dumped$", whats[0]);
        Assert.Matches(@"^rank 1 \(pid \d+\) on node1 holds /dev/fuse, which cannot be dumped$", whats[1]);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, [whats[0], whats[1], "nothing was frozen"]);
        await job.KillAsync();
    }

    [Fact]
    public async Task AnAncestorThatSomebodyElseHasFrozen_IsNamed()
    {
        var (job, release) = await StartAsync("events");
        var ancestor = Path.GetDirectoryName(CgroupOf(job))!;
        File.WriteAllText(Path.Combine(ancestor, "cgroup.freeze"), "1");
        try
        {
            (await job.RunAsync("check", job.Name)).FailsWith(6, [$"somebody else has frozen {ancestor}", "Thaw that cgroup"]);
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, [$"somebody else has frozen {ancestor}"]);
        }
        finally
        {
            File.WriteAllText(Path.Combine(ancestor, "cgroup.freeze"), "0");
        }

        await Unharmed.AssertAsync(Lab, job);
        await AssertFineOnceReleasedAsync(job, release);
    }

    [Fact]
    public async Task AProcessThatLeftTheCgroup_IsNamed()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(await CgroupOfNodeAsync(), Lab.NewName("elsewhere"))).FullName;
        try
        {
            var (job, release) = await StartAsync("escaped", elsewhere);
            await AssertRefusedAsync(job, "has left its cgroup", "Move it back");
            await AssertFineOnceReleasedAsync(job, release);
        }
        finally
        {
            Directory.Delete(elsewhere);
        }
    }

    [Fact]
    public async Task AProcessFromOutsideInTheCgroup_IsNamed()
    {
        var (job, release) = await StartAsync("events");
        var intruder = Hpccr.Start("lab", "exec", "node1", "--", "sh", "-c", $"echo $$ > {CgroupOf(job)}/cgroup.procs; echo in; exec sleep 300");
        await using (intruder)
        {
            await Await.UntilAsync("a process in the cgroup", () => intruder.Stdout.StartsWith("in", StringComparison.Ordinal), null, () => intruder.Stderr);
            await AssertRefusedAsync(job, "was put into the job's cgroup from outside", "End it");
            var pid = File.ReadLines(Path.Combine(CgroupOf(job), "cgroup.procs")).Single(p => File.ReadAllText($"/proc/{p}/cmdline").StartsWith("sleep\0300", StringComparison.Ordinal));
            (await Hpccr.RunProgramAsync(CommandOptions.Default, ["kill", "-9", pid])).EndsWith(0);
        }

        await AssertFineOnceReleasedAsync(job, release);
    }

    [Fact]
    public async Task AUnixSocketToAProgramOutside_IsRefused()
    {
        var path = Path.Combine(Lab.NewFolder("peer"), "socket");
        await using var server = await ServeAsync(Server("socket.AF_UNIX", $"'{path}'"));
        var (job, release) = await StartAsync("unix", path);
        await AssertRefusedAsync(job, "to python3 (pid ", "Start that program inside the job");
        await AssertFineOnceReleasedAsync(job, release);
    }

    [Fact]
    public async Task AConnectionToOutside_AndWaitingDatagrams_AreWarningsOnly()
    {
        await using var server = await ServeAsync(Server("socket.AF_INET", "('127.0.0.1',0)"));
        var port = server.Stdout.Split(", ")[1].TrimEnd(')', '\n');
        var (outside, released) = await StartAsync("outside", "127.0.0.1", port);
        var said = (await outside.RunAsync("check", outside.Name)).EndsWith(0);
        Assert.Contains($"is connected to 127.0.0.1:{port} outside the job (descriptor ", said.Stdout, StringComparison.Ordinal);
        await outside.CheckpointAsync();
        await AssertFineOnceReleasedAsync(outside, released);
        var (datagram, _) = await StartAsync("datagram");
        var json = (await datagram.RunAsync("check", datagram.Name, "--json")).EndsWith(0).Json;
        var finding = Assert.Single(json.GetProperty("findings").EnumerateArray());
        Assert.Equal(("warning", "queues"), (finding.GetProperty("severity").GetString(), finding.GetProperty("check").GetString()));
        Assert.Contains("has datagrams waiting at descriptor", finding.GetProperty("what").GetString(), StringComparison.Ordinal);
        await datagram.CheckpointAsync();
        await datagram.KillAsync();
    }

    [Fact]
    public async Task ASetuidProgram_IsRefusedInAnOrdinaryUsersJob()
    {
        var folder = Lab.NewFolder("setuid");
        var program = Path.Combine(folder, "setuid-sleep");
        File.Copy("/bin/sleep", program);
        File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.SetUser);
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", folder])).EndsWith(0);
        var job = await TestJob.StartAsync(Lab, "setuid", ["--ckpt-dir", folder], CommandOptions.AsUser(Owner) with { WorkingDirectory = folder },
            ["sh", "-c", $"echo held; {program} 300 & wait"]);
        await Await.UntilAsync("the setuid program", async () => (await job.RunAsync("check", job.Name)).Stderr.Contains("has user 0", StringComparison.Ordinal));
        (await job.RunAsync("check", job.Name)).FailsWith(6, ["setuid-sleep (pid ", "on node1 has got more than user 4242 may have"]);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, ["setuid-sleep (pid ", "nothing was frozen"]);
        await job.KillAsync();
    }

    [Fact]
    public async Task AnAttachedTree_IsCheckedToo_BeforeAndAfterARestart()
    {
        var release = Path.Combine(Lab.NewFolder("preflight"), "release");
        var tree = await AttachedTree.StartAsync(Lab, $"setsid {TestPrograms.Holds} --steps 20 --release {release} sysv");
        await tree.WaitForMoreAsync();
        var job = await tree.AttachAsync("sysv");
        (await job.RunAsync("check", job.Name)).FailsWith(6, ["has SysV shared memory attached", "hpccr run"]);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, ["has SysV shared memory attached", "nothing was frozen"]);
        await tree.WaitForMoreAsync();
        File.WriteAllText(release, "");
        await Await.UntilAsync("the segment to be let go", () => tree.Lines.Contains("released sysv"));
        (await job.RunAsync("check", job.Name)).EndsWith(0);
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        await tree.WaitForMoreAsync();
        (await job.RunAsync("check", job.Name)).EndsWith(0);
        await job.CheckpointAsync();
        File.Delete(release);
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        Assert.Equal(await Undisturbed.FinalLineAsync([TestPrograms.Holds, .. Counts, "events"]), tree.FinalLine);
    }

    [Fact]
    public async Task OtherPeoplesJobs_UnknownOnes_AndThoseThatDoNotRun()
    {
        var (job, _) = await StartAsync("events");
        (await Hpccr.RunAsync(CommandOptions.AsUser(Owner), "check", job.Name)).FailsWith(4);
        (await Hpccr.RunAsync("check", "nobody-knows")).FailsWith(3);
        await job.CheckpointAsync(stop: true);
        (await job.RunAsync("check", job.Name)).FailsWith(1, ["does not run"]);
    }

    private async Task<(TestJob Job, string Release)> StartAsync(params string[] kind)
    {
        // Deleted files of a test that are large go to the disk.
        var folder = Lab.NewFolder("preflight");
        var release = Path.Combine(folder, "release");
        var job = await TestJob.StartAsync(Lab, "preflight", [], CommandOptions.Default with { WorkingDirectory = folder },
            [TestPrograms.Holds, .. Counts, "--release", release, .. kind]);
        await job.WaitForLineAsync("held ");
        return (job, release);
    }

    private async Task AssertRefusedAsync(TestJob job, string what, string remedy)
    {
        var check = (await job.RunAsync("check", job.Name)).FailsWith(6, [what, remedy, "(pid "]);
        Assert.Contains(what, check.Stdout, StringComparison.Ordinal);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, [what, remedy, "(pid ", "on node1", "nothing was frozen"]);
        await Unharmed.AssertAsync(Lab, job);
    }

    private static async Task AssertFineOnceReleasedAsync(TestJob job, string release)
    {
        File.WriteAllText(release, "");
        await job.WaitForLineAsync("released ");
        (await job.RunAsync("check", job.Name)).EndsWith(0);
        await job.CheckpointAsync();
        File.Delete(release);
        Assert.Equal(await Undisturbed.FinalLineAsync([TestPrograms.Holds, .. Counts, "events"]), await job.ResultAsync());
    }

    private async Task<RunningCommand> ServeAsync(string program)
    {
        var server = Hpccr.Start("lab", "exec", "node1", "--", "python3", "-c", program);
        await Await.UntilAsync("a server", () => server.Stdout.Contains('\n', StringComparison.Ordinal), null, () => server.Stderr);
        return server;
    }

    private async Task<string> CgroupOfNodeAsync()
    {
        var (job, _) = await StartAsync("events");
        var parent = Path.GetDirectoryName(CgroupOf(job))!;
        await job.KillAsync();
        return Path.GetDirectoryName(parent)!;
    }

    private static string CgroupOf(TestJob job) => Directory.EnumerateDirectories("/sys/fs/cgroup", "*+" + job.Name,
        new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Single(folder => File.Exists(Path.Combine(folder, "cgroup.freeze")));
}
