using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>A job that asks for its own checkpoint, as users of other systems do, and one whose main thread has ended.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1330_OwnCheckpoints(OneNodeLab lab) : SystemTest(lab)
{
    private const string DeadLeader = "import ctypes, threading, time\n" +
        "def run():\n  while True:\n    print('tick', flush=True)\n    time.sleep(0.1)\n" +
        "threading.Thread(target=run).start()\nctypes.CDLL(None).syscall(60, 0)\n";

    [Fact]
    public async Task AJobThatCheckpointsItself_GoesOnWithSuccess_AlsoAfterARestart()
    {
        var job = await StartAsync("checkpoint \"$HPCCR_JOB\" --json >\"$TMPDIR/said\"; echo \"said $? $(tr -d ' \\n' <\"$TMPDIR/said\")\"; read -r _ <\"$TMPDIR/never\"");
        await job.WaitForLineAsync("said 0 {");
        Assert.Contains("\"epoch\":1", job.Stdout, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(job.Folder, "epoch-000001"), job.Stdout, StringComparison.Ordinal);
        await job.KillAsync();
        // It goes on inside the command, which then ends as it did the first time; its output is put back to the cut before.
        await job.RestartAsync();
        await job.WaitForLineAsync("said 0 {");
        Assert.Single(job.Lines, line => line.StartsWith("said", StringComparison.Ordinal));
        await job.KillAsync();
    }

    [Fact]
    public async Task AJobThatStopsItself_GoesOnBehindTheCommandAfterARestart()
    {
        var job = await StartAsync("checkpoint \"$HPCCR_JOB\" --stop; echo \"final $?\"");
        await job.WaitForStateAsync("Stopped");
        Assert.DoesNotContain("final", job.Stdout, StringComparison.Ordinal);
        await job.RestartAsync();
        Assert.Equal("final 0", await job.ResultAsync());
    }

    [Fact]
    public async Task AJobThatCannotCheckpointItself_HearsWhy()
    {
        var job = await StartAsync("checkpoint \"$HPCCR_JOB\" 2>&1; echo \"final $?\"", "python3 -c 'import os, time; f = os.open(\"/dev/fuse\", os.O_RDWR); time.sleep(300)' & sleep 1");
        Assert.Equal("final 1", await job.ResultAsync());
        Assert.Contains("holds /dev/fuse, which cannot be dumped", job.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProcessWhoseMainThreadHasEnded_IsRefusedWithItsRemedy()
    {
        var job = await TestJob.StartAsync(Lab, "leader", "python3", "-c", DeadLeader);
        await job.WaitForLineAsync("tick");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, "goes on with other threads after its main thread has ended", "pthread_join", "nothing was frozen");
        (await job.RunAsync("check", job.Name)).FailsWith(6, "pthread_join");
        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    private Task<TestJob> StartAsync(string command, string before = ":") =>
        TestJob.StartAsync(Lab, "own", "bash", "-c", $"mkfifo \"$TMPDIR/never\"; {before}; {Deployment.Hpccr} {command}");
}
