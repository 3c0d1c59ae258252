using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1210_Mounts(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AMountThatTheJobDoesNotUse_MayBeGone_AndOneThatItUsesMayNot()
    {
        var (unused, used) = (Lab.NewFolder("unused"), Lab.NewFolder("used"));
        await OnNodeAsync($"mount -t tmpfs unused {unused} && mkdir {unused}/below && mount -t tmpfs below {unused}/below");
        await OnNodeAsync($"mount -t tmpfs used {used} && echo text > {used}/input");
        var job = await TestJob.StartAsync(Lab, "mounts", "sh", "-c", $"exec 5<{used}/input; while :; do echo alive; sleep 0.1; done");
        await job.WaitForLineAsync("alive");
        await job.CheckpointAsync(stop: true);

        await OnNodeAsync($"umount {unused}/below {unused}");
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);

        // The same file in the folder below is not the one that the job has open.
        await OnNodeAsync($"umount {used} && echo text > {used}/input");
        (await job.RunAsync("restart", job.Name)).FailsWith(6, used, "tmpfs");
        await OnNodeAsync($"mount -t ramfs used {used} && echo text > {used}/input");
        (await job.RunAsync("restart", job.Name)).FailsWith(6, used, "ramfs");
        await OnNodeAsync($"umount {used} && mount -t tmpfs used {used} && echo text > {used}/input");
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await OnNodeAsync($"umount {used}");
    }

    [Fact]
    public async Task AMountThatWouldHideWhatTheJobNeeds_IsAFault()
    {
        var folder = Lab.NewFolder("hidden");
        File.WriteAllText(Path.Combine(folder, "input"), "text\n");
        var job = await TestJob.StartAsync(Lab, "hidden", "sh", "-c", $"exec 5<{folder}/input; while :; do echo alive; sleep 0.1; done");
        await job.WaitForLineAsync("alive");
        await job.CheckpointAsync(stop: true);

        await OnNodeAsync($"mount -t tmpfs new {folder} && echo text > {folder}/input");
        (await job.RunAsync("restart", job.Name)).FailsWith(6, folder, "unmount it");
        await OnNodeAsync($"umount {folder}");
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    private async Task OnNodeAsync(string script) => (await Hpccr.RunAsync("lab", "exec", "node1", "--", "sh", "-c", script)).EndsWith(0);
}
