using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>Faults of HpcCr's on a node never cost the node: the job runs without checkpoints, and says why.</summary>
[Collection(LinuxprocCluster.Name)]
public sealed class T5060_NodeFaults(LinuxprocCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public async Task ALauncherThatDoesNotStart_LeavesTheJobWithoutCheckpoints()
    {
        await EndLauncherAsync("sn1");
        // A run folder that is a file.
        await Cluster.ShellAsync("sn1", "umount -l /run/hpccr/jobs 2>/dev/null; rm -rf /run/hpccr && touch /run/hpccr");
        try
        {
            var job = await SubmitAsync([]);
            await job.WaitForStateAsync("COMPLETED");
            Assert.Contains("runs without checkpoints: prolog of HpcCr on sn1 failed", job.Output, StringComparison.Ordinal);
            Assert.EndsWith("plain\n", job.Output, StringComparison.Ordinal);

            var strict = await SubmitAsync(["--strict"]);
            await strict.WaitForStateAsync("FAILED");
            Assert.Contains("was not started: prolog of HpcCr on sn1 failed", strict.Output, StringComparison.Ordinal);

            // A site that has said so gets a Prolog that fails.
            var folder = Path.Combine(Cluster.Folder, "hpccr");
            string[] hook = ["env", "SLURM_JOB_ID=999", "SLURM_JOB_UID=7001"];
            (await Cluster.RunAsync("sn1", [.. hook, $"{folder}/prolog"])).EndsWith(0);
            await Cluster.ShellAsync("sn1", $"mkdir /run/strict && cp -a {folder}/. /run/strict && echo STRICT=yes >>/run/strict/hpccr.conf");
            (await Cluster.RunAsync("sn1", [.. hook, "/run/strict/prolog"])).EndsWith(1);
        }
        finally
        {
            await Cluster.ShellAsync("sn1", "rm -rf /run/hpccr /run/hpccr.fault.999 /run/strict");
        }

        Assert.DoesNotContain("drain", (await Cluster.RunAsync("ctl", "sinfo", "-h", "-o", "%T")).EndsWith(0).Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALauncherThatIsDead_IsStartedByTheProlog()
    {
        await EndLauncherAsync("sn1");
        var job = await SubmitAsync([]);
        await job.WaitForStateAsync("COMPLETED");
        Assert.DoesNotContain("without checkpoints", job.Output, StringComparison.Ordinal);
        Assert.Equal("plain", job.Lines[^1]);
    }

    [Fact]
    public async Task ALauncherThatDiedUnderAJob_IsStartedByTheEpilog_AndLeavesNothing()
    {
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodelist=sn1"], [], [TestPrograms.Output, "--steps", "100000", "--pace-us", "10000", "--file", "out.epilog"]);
        await job.WaitForLinesAsync();
        await KillLauncherAsync("sn1");

        await job.CancelAsync();

        await job.WaitForStateAsync("CANCELLED");
        await Cluster.AwaitNoTracesAsync();
    }

    [Fact]
    public async Task ANodeWithoutAnEngine_RunsTheJobWithoutCheckpoints()
    {
        await EndLauncherAsync("sn1");
        await Cluster.ShellAsync("sn1", "mount --bind /bin/false \"$(readlink -f ${HPCCR_CRIU:-${HPCCR_PREFIX:-/opt/hpccr}/criu/bin/criu})\"");
        try
        {
            var job = await SubmitAsync([]);
            await job.WaitForStateAsync("COMPLETED");
            Assert.Contains("runs without checkpoints: sn1 has no engine", job.Output, StringComparison.Ordinal);
        }
        finally
        {
            await Cluster.ShellAsync("sn1", "umount \"$(readlink -f ${HPCCR_CRIU:-${HPCCR_PREFIX:-/opt/hpccr}/criu/bin/criu})\"");
            await EndLauncherAsync("sn1");
        }
    }

    [Fact]
    public async Task ANodeWithoutSpace_KeepsTheJobRunning()
    {
        var small = Path.Combine(Cluster.Shared, "alice", "small");
        await Cluster.ShellAsync("sn1", $"mkdir -p {small} && mount -t tmpfs -o size=1m,mode=777 hpccr-test {small}");
        try
        {
            var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodelist=sn1"], ["--ckpt-dir", small, "--interval", "1s"], [TestPrograms.Fill, "--mib", "64", "--steps", "20", "--pace-us", "200000"]);
            await job.WaitForStateAsync("COMPLETED");
            Assert.Contains("final ", job.Output, StringComparison.Ordinal);
            Assert.Equal("hpccr: newest epoch none", await job.FactAsync("Comment"));
        }
        finally
        {
            await Cluster.ShellAsync("sn1", $"umount {small} && rmdir {small}");
        }
    }

    [Fact]
    public async Task APluginThatNoNodeHas_IsSaidInTheBatchScriptsOutput()
    {
        var job = await SubmitAsync(["--plugin", "nosuch"]);
        await job.WaitForStateAsync("FAILED");
        Assert.Contains("there is no plugin nosuch", job.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RanksOfSrun_AreRefusedWithTheLineToUse()
    {
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodelist=sn1"], [], ["srun", "--mpi=pmix", "true"]);
        await job.WaitForStateAsync("FAILED");
        Assert.Contains("`hpccr slurm run -- mpirun ./app`", job.Output, StringComparison.Ordinal);
        Assert.Equal("6:0", await job.FactAsync("ExitCode"));
    }

    [Fact]
    public async Task OutsideOfSlurm_TheCommandSaysSo() =>
        (await Cluster.HpccrAsync("alice", "sn1", "slurm", "run", "--", "true")).FailsWith(2, "this is not a job of Slurm's", "`hpccr run`");

    private Task<SlurmJob> SubmitAsync(IReadOnlyList<string> run) => SlurmJob.SubmitAsync(Cluster, "alice", ["--nodelist=sn1"], run, ["echo", "plain"]);

    private async Task EndLauncherAsync(string node)
    {
        await Cluster.AwaitNoTracesAsync();
        await KillLauncherAsync(node);
    }

    // The machine's pid namespace has no other launcher than its own.
    private Task KillLauncherAsync(string node) =>
        Cluster.ShellAsync(node, "pkill -KILL hpccr-launcher; while pgrep hpccr-launcher >/dev/null; do sleep 0.05; done; true");
}
