using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2100_Migration(ManyNodesLab lab) : SystemTest(lab)
{
    private static readonly string[] Arguments = ["--steps", "1000", "--pace-us", "5000"];

    [Fact]
    public async Task AJobThatIsWaitedFor_MovesAndComesToItsEnd()
    {
        var job = await StartAsync();
        await using var wait = Hpccr.Start("wait", job.Name);
        var moved = (await job.RunAsync("migrate", job.Name, "--map", "node1=node3", "--json")).EndsWith(0).Json;
        Assert.Equal("Running", moved.GetProperty("state").GetString());
        Assert.Equal(["node3", "node2"], await job.NodesAsync());
        await job.WaitForMoreAsync();
        (await job.RunAsync("migrate", job.Name, "--nodes", "node2,node4")).EndsWith(0);
        Assert.Equal(["node2", "node4"], await job.NodesAsync());
        Assert.Equal(0, (await wait.EndAsync()).ExitCode);
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", Arguments), job.FinalLine);
    }

    [Theory]
    [InlineData("preparerestore fail")]
    [InlineData("restore fail")]
    [InlineData("go fail")]
    public async Task AMoveThatFails_LeavesTheJobWhereItWas(string fault)
    {
        var job = await StartAsync();
        Lab.SetFaults(3, fault);
        (await job.RunAsync("migrate", job.Name, "--map", "node2=node3")).FailsWith(1, "runs on where it was");
        Lab.SetFaults(3);
        Assert.Equal(["node1", "node2"], await job.NodesAsync());
        await Unharmed.AssertAsync(Lab, job);
        (await job.RunAsync("migrate", job.Name, "--map", "node2=node3")).EndsWith(0);
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", Arguments), await job.FinalAsync());
    }

    [Fact]
    public async Task AnEpochThatFails_MovesNothing()
    {
        var job = await StartAsync();
        Lab.SetFaults(2, "dump fail");
        (await job.RunAsync("migrate", job.Name, "--map", "node2=node3")).FailsWith(1, "dump failed");
        Lab.SetFaults(2);
        await Unharmed.AssertAsync(Lab, job);
        await job.KillAsync();
    }

    [Fact]
    public async Task AMoveToNowhere_IsRefusedBeforeTheJobStops()
    {
        var job = await StartAsync();
        (await job.RunAsync("migrate", job.Name)).FailsWith(2, "--map");
        (await job.RunAsync("migrate", job.Name, "--map", "node1")).FailsWith(2, "node1=node3");
        (await job.RunAsync("migrate", job.Name, "--map", "node1=node1")).FailsWith(2, "already");
        (await job.RunAsync("migrate", job.Name, "--map", "node1=node99")).FailsWith(3, "node99");
        (await job.RunAsync("migrate", job.Name, "--map", "node9=node3")).FailsWith(2, "node9");
        (await Hpccr.RunAsync("migrate", "nobody", "--map", "node1=node3")).FailsWith(3, "nobody");
        Assert.Equal(0, (await job.StatusAsync()).GetProperty("epochs").GetArrayLength());
        await job.KillAsync();
    }

    private async Task<TestJob> StartAsync()
    {
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", Arguments);
        await job.WaitForLineAsync("step ");
        return job;
    }
}
