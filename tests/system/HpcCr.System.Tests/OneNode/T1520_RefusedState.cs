using System.Globalization;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>What the kernel knows of a process and a restart would not give back is refused before anything is frozen, or warned of.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1520_RefusedState(OneNodeLab lab) : SystemTest(lab)
{
    [Theory]
    [InlineData("not_accepted data", "has not accepted a connection at the unix socket /", "something was written into it", "when the program has accepted it")]
    [InlineData("raw_socket 80", "has connected a raw socket (descriptor ", "does not come back", "name the receiver with each packet")]
    [InlineData("terminal_for_writing", "has the terminal /dev/pts/", "for writing alone", "for reading as well")]
    [InlineData("proc_of_thread", "/comm (descriptor ", "which belongs to a thread", "open it for each read")]
    public async Task WhatDoesNotComeBack_IsRefusedWithItsRemedy_AndTheJobRunsOn(string kind, params string[] words)
    {
        var (job, flag, expected) = await StartAsync(kind);
        (await job.RunAsync("check", job.Name)).FailsWith(6, ["kernelstate.py (pid ", .. words]);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, ["kernelstate.py (pid ", "nothing was frozen", .. words]);
        Assert.Empty((await job.StatusAsync()).GetProperty("epochs").EnumerateArray());
        File.WriteAllText(flag, "");
        await job.ResultAsync();
        Assert.Equal(expected, job.Lines);
    }

    [Fact]
    public async Task SysVSemaphores_AreWarnedOf()
    {
        var (job, _, _) = await StartAsync("semaphores");
        var said = (await job.RunAsync("check", job.Name, "--json")).EndsWith(0).Json;
        var finding = Assert.Single(said.GetProperty("findings").EnumerateArray());
        Assert.Equal("warning", finding.GetProperty("severity").GetString());
        Assert.Contains("SEM_UNDO", finding.GetProperty("what").GetString()!, StringComparison.Ordinal);
        await job.KillAsync();
    }

    [Fact]
    public async Task HugePages_AreNeededByTheRestart_AndThePlanSaysSo()
    {
        const string Pool = "/proc/sys/vm/nr_hugepages";
        var before = File.ReadAllText(Pool);
        try
        {
            File.WriteAllText(Pool, "8");
            Assert.SkipWhen(int.Parse(File.ReadAllText(Pool), CultureInfo.InvariantCulture) < 8, "no huge pages can be had here");
            var (job, flag, expected) = await StartAsync("huge_pages");
            var epoch = await job.CheckpointAsync(stop: true);
            File.WriteAllText(Pool, "2");
            (await job.RunAsync("restart", job.Name, "--dry-run")).FailsWith(6, ["2 huge pages of 2048 kB are free and the job needs 4", "nr_hugepages"]);
            (await job.RunAsync("restart", job.Name)).FailsWith(6, ["2 huge pages of 2048 kB are free and the job needs 4"]);
            File.WriteAllText(Pool, "8");
            await job.RestartAsync(epoch);
            File.WriteAllText(flag, "");
            await job.ResultAsync();
            Assert.Equal(expected, job.Lines);
        }
        finally
        {
            File.WriteAllText(Pool, before);
        }
    }

    [Fact]
    public async Task ForkedWorkers_ShareTheirMemoryAgainAfterARestart_ThoughTheParentHasMappedMore()
    {
        const int Mib = 60;
        var flag = Path.Combine(Lab.NewFolder("forked"), "go");
        var job = await TestJob.StartAsync(Lab, "forked", TestPrograms.Forked, $"{Mib}", "6", flag);
        await job.WaitForLineAsync("held");
        Assert.InRange(Memory(job), Mib, 2 * Mib);
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        Assert.InRange(Memory(job), Mib, 2 * Mib);
        File.WriteAllText(flag, "");
        Assert.Equal("final forked right", await job.ResultAsync());
    }

    // Proportional set sizes: memory that many have counts once.
    private static long Memory(TestJob job) =>
        File.ReadLines(Path.Combine(CgroupOf(job), "cgroup.procs")).Sum(pid => File.ReadLines($"/proc/{pid}/smaps_rollup").Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))) >> 10;

    private static string CgroupOf(TestJob job) => Directory.EnumerateDirectories("/sys/fs/cgroup", job.Key,
        new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Single(folder => File.Exists(Path.Combine(folder, "cgroup.freeze")));

    private async Task<(TestJob Job, string Flag, IReadOnlyList<string> Expected)> StartAsync(string kind)
    {
        var folder = Lab.NewFolder("refused");
        var undisturbed = Path.Combine(folder, "undisturbed");
        File.WriteAllText(undisturbed, "");
        var expected = await Undisturbed.LinesAsync([TestPrograms.KernelState, undisturbed, .. kind.Split(' ')]);
        var flag = Path.Combine(folder, "go");
        var job = await TestJob.StartAsync(Lab, "refused", [TestPrograms.KernelState, flag, .. kind.Split(' ')]);
        await job.WaitForLineAsync("held");
        return (job, flag, expected);
    }
}
