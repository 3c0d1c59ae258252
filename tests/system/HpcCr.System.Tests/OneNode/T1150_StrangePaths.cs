using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1150_StrangePaths(OneNodeLab lab) : SystemTest(lab)
{
    private const string Strange = " it's a \"strange\" $HOME `place`\\ *\nwith ü";

    [Fact]
    public async Task SpacesQuotesAndNewlines_InEveryPathAndArgument_SurviveCheckpointRestartAndScript()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Lab.NewFolder("strange"), Strange)).FullName;
        var program = Path.Combine(folder, "self check'\"\n");
        File.Copy(TestPrograms.SelfCheck, program);
        var options = CommandOptions.Default with
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?> { ["STRANGE"] = Strange, ["HPCCR"] = Deployment.Hpccr },
        };
        var job = await TestJob.StartAsync(Lab, "strange", ["--ckpt-dir", folder], options,
            [program, "--steps", "150", "--pace-us", "20000", "--skip", "processors,\n'\" $(x)"]);
        Assert.Equal(Path.Combine(folder, job.Name), job.Folder);
        await job.WaitForLineAsync("ok ");
        var epoch = await job.CheckpointAsync(stop: true);
        Assert.StartsWith(folder, epoch.Path, StringComparison.Ordinal);
        (await job.RunAsync("verify", epoch.Path)).EndsWith(0);
        (await job.RunAsync("show", epoch.Path)).EndsWith(0);

        var script = Path.Combine(epoch.Path, "restart.sh");
        (await Hpccr.RunProgramAsync(options, [script, "--help"])).EndsWith(0);
        (await Hpccr.RunProgramAsync(options, [script, "--dry-run"])).EndsWith(0);
        var ended = (await Hpccr.RunProgramAsync(options, [script])).EndsWith(0);
        Assert.EndsWith("final ok\n", ended.Stdout, StringComparison.Ordinal);
    }
}
