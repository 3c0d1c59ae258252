using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1411_ReplacedFiles(OneNodeLab lab) : SystemTest(lab)
{
    private const int Steps = 1200;
    private const int Owner = 4243;

    // What happens to the log between the kill and the restart.
    [Theory]
    [InlineData("true", 0, 20)]
    [InlineData("mv log log.1; echo other > log", Owner, 20)]
    [InlineData("cp log log.1; : > log", Owner, 1500)]
    [InlineData("rm log; rm -f renamed state", 0, 1500)]
    public async Task FilesThatAProgramReplaces_AreBack_WithoutAnyOption(string meanwhile, int user, int lines)
    {
        var (folder, own) = (await FolderOfAsync(user), await FolderOfAsync(user));
        var hurry = Path.Combine(Lab.NewFolder("hurry"), "now");
        string[] command = [TestPrograms.Replacer, "--steps", $"{Steps}", "--lines", $"{lines}", "--pace", "0.03", "--hurry", hurry, "--folder"];
        var job = await TestJob.StartAsync(Lab, "replaced", ["--ckpt-dir", own], CommandOptions.AsUser(user) with { WorkingDirectory = folder }, [.. command, folder]);
        await job.WaitForLineAsync("step 5");
        var older = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        var newer = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        var before = File.ReadAllText(Path.Combine(folder, "state"));
        foreach (var epoch in new[] { newer, older })
        {
            (await Hpccr.RunProgramAsync(CommandOptions.AsUser(user) with { WorkingDirectory = folder }, ["sh", "-c", meanwhile])).EndsWith(0);
            await job.RestartAsync(epoch);
            await job.WaitForMoreAsync();
            if (epoch == newer)
                await job.KillAsync();
        }

        File.WriteAllText(hurry, "");
        var result = await job.ResultAsync();
        Assert.Equal(await Undisturbed.FinalLineAsync([.. command, Lab.NewFolder("undisturbed")]), result);
        Assert.Equal(Enumerable.Range(1, Steps).Select(n => $"step {n}").Append(result), job.Lines);
        // Nothing that was there is destroyed.
        if (meanwhile == "true")
            Assert.Contains(Directory.GetFiles(Path.Combine(newer.Path, "written-after")), file => File.ReadAllText(file) == before);
    }

    [Fact]
    public async Task AScriptThatTheBatchSystemRemoves_GoesOnToItsEnd()
    {
        var folder = await FolderOfAsync(Owner);
        var script = Path.Combine(folder, "job.sh");
        File.WriteAllText(script, $"#!/bin/bash\ni=0\nwhile [ ! -e {folder}/end ]; do\n\techo \"step $((i += 1))\"\n\tsleep 0.05\ndone\n{string.Concat(Enumerable.Range(1, 600).Select(n => $": {n}\n"))}echo final done\n");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", script])).EndsWith(0);
        var job = await TestJob.StartAsync(Lab, "script", ["--ckpt-dir", folder], CommandOptions.AsUser(Owner) with { WorkingDirectory = folder }, ["bash", script]);
        await job.WaitForLineAsync("step 3");
        await job.CheckpointAsync(stop: true);
        File.Delete(script);
        await job.RestartAsync();
        // From now on it has no name.
        File.Delete(script);
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        File.WriteAllText(Path.Combine(folder, "end"), "");
        await job.ResultAsync();
        Assert.Equal(Enumerable.Range(1, job.Lines.Count - 1).Select(n => $"step {n}").Append("final done"), job.Lines);
    }

    [Fact]
    public async Task AFileThatIsTooLarge_IsNamedAtTheCheckpoint_WithWhatHelps()
    {
        var folder = Lab.NewFolder("limit");
        var file = Path.Combine(folder, "numbers");
        (await Hpccr.RunAsync("run", "--store-limit", "many", "--", "true")).FailsWith(2, "--store-limit");
        var job = await TestJob.StartAsync(Lab, "limit", ["--store-limit", "100"], CommandOptions.Default, [TestPrograms.Output, "--steps", "20000", "--file", file]);
        await job.WaitForLineAsync("output 50");
        var made = (await job.RunAsync("checkpoint", job.Name, "--json")).EndsWith(0).Json;
        Assert.Contains(made.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains(file, StringComparison.Ordinal)
            && warning.GetString()!.Contains("--files keep", StringComparison.Ordinal) && warning.GetString()!.Contains("--capture", StringComparison.Ordinal));
        Assert.Contains(file, (await job.RunAsync("check", job.Name)).EndsWith(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("--store-limit", (await job.RunAsync("checkpoint", job.Name)).EndsWith(0).Stdout, StringComparison.Ordinal);
        await job.KillAsync();
        File.WriteAllText(file, "");
        (await job.RunAsync("restart", job.Name)).FailsWith(6, file);
        (await job.RunAsync("restart", job.Name, "--dry-run", "--files", "keep")).EndsWith(0);
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task AFileThatRanksWriteTogether_IsBack(string family)
    {
        var folder = Lab.NewFolder("mpiio");
        string[] command = [$"mpirun.{family}", "-n", "4", TestPrograms.Mpi("mpiio", family), "--steps", "300", "--file"];
        var job = await TestJob.StartAsync(Lab, "mpiio", [.. command, Path.Combine(folder, "data")]);
        await job.WaitForLineAsync("step 5");
        var epoch = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        await job.ResultAsync();
        Assert.Equal(await Undisturbed.LinesAsync([.. command, Path.Combine(Lab.NewFolder("undisturbed"), "data")]), job.Lines);
    }

    private async Task<string> FolderOfAsync(int user)
    {
        var folder = Lab.NewFolder("replaced");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{user}:{user}", folder])).EndsWith(0);
        return folder;
    }
}
