using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1160_RestartScripts(OneNodeLab lab) : SystemTest(lab)
{
    private static readonly CommandOptions Named =
        CommandOptions.Default with { Environment = new Dictionary<string, string?> { ["HPCCR"] = Deployment.Hpccr } };

    [Fact]
    public async Task TheScriptOfAnEpoch_ExplainsItself_PlansWithoutStarting_AndRestarts()
    {
        string[] command = [TestPrograms.Fill, "--mib", "4", "--steps", "2500", "--every", "50"];
        var job = await TestJob.StartAsync(Lab, "script", command);
        await job.WaitForLineAsync("step ");
        var script = Path.Combine((await job.CheckpointAsync(stop: true)).Path, "restart.sh");

        var help = (await RunAsync([script, "--help"])).EndsWith(0);
        Assert.Contains("Usage: restart.sh", help.Stdout, StringComparison.Ordinal);
        var plan = (await RunAsync([script, "--dry-run", "--json"])).EndsWith(0).Json;
        Assert.Equal(job.Name, plan.GetProperty("job").GetString());
        Assert.Equal("Stopped", await job.StateAsync());
        var ended = (await RunAsync([script])).EndsWith(0);
        Assert.EndsWith(await Undisturbed.FinalLineAsync([.. command, "--pace-us", "0"]) + "\n", ended.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheScriptOfAnEpochThatIsNotWhole_SaysSo_AndOneWithoutHpccrToo()
    {
        var job = await TestJob.StartAsync(Lab, "script", TestPrograms.Fill, "--mib", "2");
        await job.WaitForLineAsync("ready ");
        var epoch = await job.CheckpointAsync(stop: true);
        var script = Path.Combine(epoch.Path, "restart.sh");
        var nobody = Named with { Environment = new Dictionary<string, string?> { ["HPCCR"] = "no-such-hpccr" } };
        Assert.Contains("no-such-hpccr", (await Hpccr.RunProgramAsync(nobody, [script])).EndsWith(3).Stderr, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(epoch.Path, "node1"), recursive: true);
        Assert.Contains("node1 is missing", (await RunAsync([script])).EndsWith(5).Stderr, StringComparison.Ordinal);
    }

    private Task<CommandResult> RunAsync(IReadOnlyList<string> command) => Hpccr.RunProgramAsync(Named, command);
}
