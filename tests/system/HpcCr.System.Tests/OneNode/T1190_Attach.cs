using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1190_Attach(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AShellPipelineStartedByHand_SurvivesThreeGenerations_WithItsResult()
    {
        var tree = await AttachedTree.StartAsync(Lab, $"exec setsid {TestPrograms.Pipeline} 30000 200 1000");
        await tree.WaitForMoreAsync();
        var job = await tree.AttachAsync("pipeline");
        for (var generation = 0; generation < 3; generation++)
        {
            await tree.WaitForMoreAsync();
            var epoch = await job.CheckpointAsync();
            await tree.WaitForMoreAsync();
            await job.KillAsync();
            (await job.RunAsync("verify", epoch.Path)).EndsWith(0);
            await job.RestartAsync(epoch);
        }

        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        Assert.Equal(await Undisturbed.FinalLineAsync(TestPrograms.Pipeline, "30000", "0"), tree.FinalLine);
        Assert.Equal("pipeline ended with 0", tree.Lines[^1]);
    }

    [Fact]
    public async Task AThreadedServerWithClients_StoppedAndRestarted_GoesOnOverItsConnections()
    {
        // Not a session leader: it belongs to the session of a shell that is gone.
        var tree = await AttachedTree.StartAsync(Lab, $"exec {TestPrograms.Serve} --rounds 600 --every 10");
        await tree.WaitForMoreAsync();
        var job = await tree.AttachAsync("serve");
        await job.CheckpointAsync();
        await tree.WaitForMoreAsync();
        var epoch = await job.CheckpointAsync(stop: true);
        Assert.Equal(4, epoch.Connections);
        await job.RestartAsync();
        await tree.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        Assert.Equal(await Undisturbed.FinalLineAsync(TestPrograms.Serve, "--rounds", "600", "--pace-us", "0"), tree.FinalLine);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AProcessWithATerminal_GetsAnother_AndWritesToTheJobsFolder(bool leads)
    {
        // The program itself leads the session of its terminal, or a shell between does.
        var tree = await AttachedTree.StartAsync(Lab, $"exec script -qfc '{(leads ? "exec " : "")}{TestPrograms.Fill} --mib 4 --steps 6000 --every 50{(leads ? "" : "; true")}' /dev/null");
        await tree.WaitForMoreAsync();
        var pid = (await tree.ExecAsync("pgrep", "-x", "fill")).EndsWith(0).Stdout.Trim();
        var job = await (tree with { Pid = int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture) }).AttachAsync("terminal");
        await tree.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        for (var generation = 0; generation < 2; generation++)
        {
            await job.RestartAsync();
            await job.WaitForMoreAsync();
            await job.CheckpointAsync(stop: true);
        }

        await job.RestartAsync();
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        var expected = await Undisturbed.FinalLineAsync(TestPrograms.Fill, "--mib", "4", "--steps", "6000", "--every", "50", "--pace-us", "0");
        Assert.Equal(expected, job.FinalLine.TrimEnd('\r'));
        var steps = tree.Lines.Concat(job.Lines).Select(line => line.TrimEnd('\r')).Where(line => line.StartsWith("step ", StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Range(1, 120).Select(n => $"step {50 * n}"), steps);
    }

    [Fact]
    public async Task AProcessWhoseOutputWasAPipe_WritesToTheJobsFolderAfterARestart()
    {
        var tree = await AttachedTree.StartAsync(Lab, $"{{ {TestPrograms.Fill} --mib 4 --steps 4000 --every 50 | cat; }}");
        await tree.WaitForMoreAsync();
        var pid = (await tree.ExecAsync("pgrep", "-x", "fill")).EndsWith(0).Stdout.Trim();
        var job = await (tree with { Pid = int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture) }).AttachAsync("piped");
        await tree.WaitForMoreAsync();
        await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync();
        Assert.Equal(await Undisturbed.FinalLineAsync(TestPrograms.Fill, "--mib", "4", "--steps", "4000", "--every", "50", "--pace-us", "0"), await job.ResultAsync());
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("--signal 15", 143)]
    public async Task TheExitCodeOfAnAttachedProcess_IsTheJobs_BeforeAndAfterARestart(string ending, int code)
    {
        var tree = await AttachedTree.StartAsync(Lab, $"exec {TestPrograms.ExitCode} --seconds 3 {ending}");
        var job = await tree.AttachAsync("exitcode");
        await job.CheckpointAsync();
        (await job.RunAsync("wait", job.Name)).EndsWith(code);
        await job.RestartAsync();
        (await job.RunAsync("wait", job.Name)).EndsWith(code);
    }

    [Fact]
    public async Task AUsersOwnProcess_CanBeAttachedByThem_AndByNobodyElse()
    {
        var owner = CommandOptions.AsUser(1000);
        var checkpoints = Lab.NewFolder("owners");
        File.SetUnixFileMode(checkpoints, (UnixFileMode)0x1ff);
        var tree = await AttachedTree.StartAsync(Lab, $"exec {TestPrograms.Fill} --mib 4 --steps 3000 --every 50", options: owner);
        await tree.WaitForMoreAsync();
        (await Hpccr.RunAsync(CommandOptions.AsUser(1001), "attach", "--pid", $"node1:{tree.Pid}", "--ckpt-dir", checkpoints)).EndsWith(4);
        var name = Lab.NewName("owned");
        (await Hpccr.RunAsync(owner, "attach", "--pid", $"node1:{tree.Pid}", "--ckpt-dir", checkpoints, "--name", name)).EndsWith(0);
        var job = new TestJob(Hpccr, name, Path.Combine(checkpoints, name), owner);
        var epoch = await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        (await job.RunAsync("wait", name)).EndsWith(0);
        Assert.Equal(await Undisturbed.FinalLineAsync(TestPrograms.Fill, "--mib", "4", "--steps", "3000", "--every", "50", "--pace-us", "0"), tree.FinalLine);
    }

    [Fact]
    public async Task WhatCannotBeAttached_IsRefusedWithTheReason_AndLeftAlone()
    {
        (await Hpccr.RunAsync("attach", "--pid", "node1:4194303")).EndsWith(3);
        (await Hpccr.RunAsync("attach", "--pid", "node1:1")).FailsWith(6, "process 1 is the parent of all others");
        (await Hpccr.RunAsync("attach", "--pid", "node9:1")).FailsWith(3, "there is no node node9");
        (await Hpccr.RunAsync("attach", "--pid", "many")).EndsWith(2);
        (await Hpccr.RunAsync("attach")).EndsWith(2);
        var launcher = (await Hpccr.RunAsync("lab", "exec", "node1", "--", "pgrep", "-f", "hpccr-launcher --")).Stdout.Split('\n')[0];
        (await Hpccr.RunAsync("attach", "--pid", $"node1:{launcher}")).FailsWith(6, "this launcher");
        var talker = await AttachedTree.StartAsync(Lab, "exec bash -c 'exec 7> >(exec sleep 60 > /dev/null); (exec sleep 61 8>&7 7>&-) & wait'");
        await Await.UntilAsync("its child", async () => (await talker.ExecAsync("pgrep", "-P", $"{talker.Pid}", "-fx", "sleep 61")).ExitCode == 0);
        var child = (await talker.ExecAsync("pgrep", "-P", $"{talker.Pid}", "-fx", "sleep 61")).Stdout.Trim();
        (await Hpccr.RunAsync("attach", "--pid", $"node1:{child}")).FailsWith(6, "whose other end is outside");
        var contained = await AttachedTree.StartAsync(Lab, "exec unshare --ipc sleep 60");
        await Await.UntilAsync("its namespace", async () => (await contained.ExecAsync("cat", $"/proc/{contained.Pid}/comm")).Stdout.Trim() == "sleep");
        (await Hpccr.RunAsync("attach", "--pid", $"node1:{contained.Pid}")).FailsWith(6, "a ipc namespace of its own");
        var job = await (await AttachedTree.StartAsync(Lab, "exec sleep 60")).AttachAsync("taken");
        var pid = (await job.StatusAsync()).GetProperty("nodes")[0].GetProperty("pids")[0].GetInt32();
        (await Hpccr.RunAsync("attach", "--pid", $"node1:{pid}")).FailsWith(1, $"belongs to job {job.Name} already");
        await job.KillAsync();
        foreach (var left in new[] { talker, contained })
            (await left.ExecAsync("bash", "-c", $"kill -9 {left.Pid} $(pgrep -P {left.Pid})")).EndsWith(0);
    }

    [Fact]
    public async Task AnAttachThatFails_LetsTheProcessesRunOnWhereTheyWere()
    {
        var tree = await AttachedTree.StartAsync(Lab, $"exec {TestPrograms.Fill} --mib 4 --every 50");
        await tree.WaitForMoreAsync();
        var cgroup = (await tree.ExecAsync("cat", $"/proc/{tree.Pid}/cgroup")).Stdout;
        var name = Lab.NewName("failing");
        Lab.SetFaults(1, "attachsandbox fail");
        (await Hpccr.RunAsync("attach", "--pid", $"node1:{tree.Pid}", "--name", name)).EndsWith(1);
        Lab.SetFaults(1);
        Assert.Equal(cgroup, (await tree.ExecAsync("cat", $"/proc/{tree.Pid}/cgroup")).Stdout);
        await tree.WaitForMoreAsync();
        (await tree.ExecAsync("kill", "-9", $"{tree.Pid}")).EndsWith(0);
    }

    [Fact]
    public async Task AKilledLauncher_FindsTheAttachedJobAgain_AndKillEndsAllOfIt()
    {
        var tree = await AttachedTree.StartAsync(Lab, $"exec sh -c '{TestPrograms.Fill} --mib 4 --every 50; true'");
        await tree.WaitForMoreAsync();
        var job = await tree.AttachAsync("watched");
        Daemon.Signal(Daemon.Launcher(Lab, 1), "KILL");
        (await Hpccr.RunAsync("lab", "up", "1")).EndsWith(0);
        await tree.WaitForMoreAsync();
        await job.WaitForStateAsync("Running");
        await job.CheckpointAsync();
        var pids = (await job.StatusAsync()).GetProperty("nodes")[0].GetProperty("pids").EnumerateArray().Select(p => p.GetInt32()).ToList();
        Assert.Equal(2, pids.Count);
        await job.KillAsync();
        foreach (var pid in pids)
            (await tree.ExecAsync("test", "!", "-d", $"/proc/{pid}")).EndsWith(0);
    }
}
