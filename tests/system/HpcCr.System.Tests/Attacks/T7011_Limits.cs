using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

[Collection(AttacksLab.Name)]
public sealed class T7011_Limits(AttacksLab lab) : SystemTest(lab)
{
    private const string Show = "ulimit -H -n; ulimit -S -n; ulimit -H -u; ulimit -H -t; ulimit -H -l; exec sleep 1000";
    private static readonly string[] Bounded = ["prlimit", "--nofile=60:64", "--nproc=30", "--cpu=5", "--memlock=0"];

    [Theory]
    [InlineData("nothing")]
    [InlineData("everything", "--limit=7:unlimited:unlimited", "--limit=6:unlimited:unlimited", "--limit=0:unlimited:unlimited", "--limit=8:unlimited:unlimited")]
    [InlineData("twice", "--limit=7:1:1", "--limit=7:4096:4096", "--limit=8:1:1", "--limit=0:9:9")]
    public async Task AJobHasNoMoreThanItsCaller_WhateverTheRequestSays(string how, params string[] limits)
    {
        var folder = await lab.FolderOfAsync(AttacksLab.Attacker);
        var name = lab.NewName(how);
        var user = CommandOptions.AsUser(AttacksLab.Attacker);
        var caller = user with { Prefix = [.. user.Prefix, .. Bounded], WorkingDirectory = folder };

        var said = await Hpccr.RunProgramAsync(caller,
            [TestPrograms.RawCall, Path.Combine(lab.RunFolder, "coordinator.sock"), "run", "--name", name, "--ckpt-dir", folder, .. limits, "--", "bash", "-c", Show]);

        Assert.Equal("OK\n", said.EndsWith(0).Stdout);
        var job = new TestJob(Hpccr, $"{name}-0", Path.Combine(folder, $"{name}-0"), user);
        await job.WaitForLinesAsync("its limits", lines => lines.Count == 5);
        Assert.Equal(["64", how == "nothing" ? "60" : "64", "30", "5", "0"], job.Lines);
        await job.KillAsync();
    }

    [Fact]
    public async Task ARestartedJob_HasTheLimitsThatItHad()
    {
        var folder = await lab.FolderOfAsync(AttacksLab.Attacker);
        var user = CommandOptions.AsUser(AttacksLab.Attacker);
        var job = await TestJob.StartAsync(lab, "limited", ["--ckpt-dir", folder],
            user with { Prefix = [.. user.Prefix, "prlimit", "--nofile=400:512", "--memlock=0"], WorkingDirectory = folder },
            ["sh", "-c", "while :; do ulimit -H -n; ulimit -H -l; sleep 0.1; done"]);
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        var before = job.Lines.Count;
        await job.WaitForLinesAsync("more", lines => lines.Count > before + 4);

        Assert.Equal(["0", "512"], job.Lines.Distinct().Order());
        await job.KillAsync();
    }
}
