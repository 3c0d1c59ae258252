using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1200_RestartPlan(OneNodeLab lab) : SystemTest(lab)
{
    private const string Port = "7301";

    [Fact]
    public async Task APlanWithFiveFaults_ReportsFive_StartsNothing_AndTheEpochRestartsOncePutRight()
    {
        var folder = Lab.NewFolder("plan");
        var (program, input, work) = (Path.Combine(folder, "program"), Path.Combine(folder, "input"), Path.Combine(folder, "work"));
        File.Copy(TestPrograms.AcceptQueue, program);
        File.WriteAllText(input, "input");
        Directory.CreateDirectory(work);
        // Files that are stored would be put back.
        var job = await TestJob.StartAsync(Lab, "plan", ["--store-limit", "0"], CommandOptions.Default,
            ["sh", "-c", $"exec 5<{input}; cd {work}; echo started; exec {program} server {Port} 1"]);
        await job.WaitForLineAsync("started");
        await Await.UntilAsync("the program", async () => (await Hpccr.RunAsync("lab", "exec", "node1", "--", "ss", "-Hltn", $"sport = {Port}")).Stdout.Length > 0);
        await job.CheckpointAsync(stop: true);

        var holder = await TestJob.StartAsync(Lab, "holder", TestPrograms.AcceptQueue, "server", Port, "1");
        File.AppendAllText(program, "longer");
        File.Delete(input);
        Directory.Delete(work);
        var log = Path.Combine(job.Folder, "stdout.log");
        File.WriteAllText(log, "");

        var plan = (await job.RunAsync("restart", job.Name, "--dry-run", "--json")).EndsWith(6).Json;
        var faults = plan.GetProperty("faults").EnumerateArray().Select(f => f.GetString()!).ToList();
        Assert.Equal(5, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith("node1: ", fault, StringComparison.Ordinal));
        foreach (var word in (string[])[$"port {Port}", program, input, work, log])
            Assert.Single(faults, fault => fault.Contains(word + " ", StringComparison.Ordinal) || fault.Contains(word + ",", StringComparison.Ordinal));
        Assert.Equal(["ports", "paths", "files"], Checks(plan).Where(c => !c.GetProperty("ok").GetBoolean()).Select(c => c.GetProperty("check").GetString()));
        (await job.RunAsync("restart", job.Name)).FailsWith(6, faults);
        (await job.RunAsync("restart", job.Name, "--dry-run")).FailsWith(6, faults);
        Assert.Equal("Stopped", await job.StateAsync());
        await Unharmed.NothingLeftAsync(Lab, job);

        await holder.KillAsync();
        File.Copy(TestPrograms.AcceptQueue, program, overwrite: true);
        File.WriteAllText(input, "input");
        Directory.CreateDirectory(work);
        File.WriteAllText(log, "started\n");
        await job.RestartAsync();
        await job.KillAsync();
    }

    [Fact]
    public async Task ANodeThatIsLessThanTheOldOne_IsRefusedForEachThingThatItLacks()
    {
        var job = await TestJob.StartAsync(Lab, "less", "sleep", "infinity");
        var epoch = await job.CheckpointAsync(stop: true);
        var forger = new Forger(epoch.Path);
        forger.Manifest["engine"] = "criu 99.1";
        var sandbox = forger.Node;
        sandbox["machine"]!["kernel"] = "99.1.0";
        sandbox["machine"]!["processorFlags"]!.AsArray().Add("avx4096");
        sandbox["machine"]!["xsaveBytes"] = 123456;
        sandbox["user"]!["name"] = "somebody-else";
        sandbox["user"]!["groups"]!.AsArray().Add(54321);
        forger.Sign(Lab.KeyFile);

        var plan = (await job.RunAsync("restart", job.Name, "--dry-run", "--json")).EndsWith(6).Json;
        var faults = plan.GetProperty("faults").EnumerateArray().Select(f => f.GetString()!).ToList();
        Assert.Equal(6, faults.Count);
        foreach (var word in (string[])["99.1.0", "criu 99.1", "avx4096", "123456", "somebody-else", "54321"])
            Assert.Contains(faults, fault => fault.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task APlanWithoutFaults_NamesWhatWasLookedAt()
    {
        var job = await TestJob.StartAsync(Lab, "whole", "sleep", "infinity");
        await job.CheckpointAsync(stop: true);

        var plan = (await job.RunAsync("restart", job.Name, "--dry-run", "--json")).EndsWith(0).Json;

        Assert.Equal(["job", "engine", "kernel", "processor", "user", "addresses", "ports", "mounts", "paths", "files", "root", "space", "plugins", "outside"],
            Checks(plan).Select(c => c.GetProperty("check").GetString()));
        Assert.All(Checks(plan), c => Assert.True(c.GetProperty("ok").GetBoolean()));
        Assert.All(Checks(plan), c => Assert.Equal("node1", c.GetProperty("node").GetString()));
        Assert.Equal("Stopped", await job.StateAsync());
    }

    private static IEnumerable<JsonElement> Checks(JsonElement plan) => plan.GetProperty("checks").EnumerateArray();
}
