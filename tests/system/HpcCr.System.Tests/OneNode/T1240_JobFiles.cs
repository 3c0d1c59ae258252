using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1240_JobFiles(OneNodeLab lab) : SystemTest(lab)
{
    private const int Steps = 450;
    private const int Owner = 4243;

    [Fact]
    public async Task EachKindOfFile_IsToldApart_AndPutBack_FromAnOlderEpoch_ThenANewerOne_ThenTheOlderAgain()
    {
        var folder = FolderWithInput();
        var job = await StartAsync(folder);
        var older = await CheckpointAsync(job);
        var newer = await CheckpointAsync(job);
        await job.WaitForMoreAsync();
        await job.KillAsync();

        var files = (await job.RunAsync("show", newer.Path, "--files", "--json")).EndsWith(0).Json.GetProperty("files").EnumerateArray().ToList();
        foreach (var (name, policy) in new[] { ("log", "Appended"), ("record", "Rewritten"), ("map", "Rewritten"), ("gone", "Deleted"), ("input", "Input") })
            Assert.Equal(policy, Of(files, Path.Combine(folder, name)).GetProperty("policy").GetString());
        var log = Of(files, Path.Combine(folder, "log"));
        Assert.Equal(log.GetProperty("size").GetInt64(), log.GetProperty("offset").GetInt64());
        Assert.StartsWith("is put back to ", log.GetProperty("restart").GetString(), StringComparison.Ordinal);
        Assert.Contains("Rewritten", (await job.RunAsync("show", newer.Path, "--files")).EndsWith(0).Stdout, StringComparison.Ordinal);

        foreach (var epoch in new[] { older, newer, older })
        {
            await job.RestartAsync(epoch);
            await job.WaitForMoreAsync();
            await job.KillAsync();
        }

        var back = (await job.RunAsync("show", newer.Path, "--files", "--json")).EndsWith(0).Json.GetProperty("files").EnumerateArray();
        Assert.Contains("from what was set aside", Of(back, Path.Combine(folder, "log")).GetProperty("restart").GetString(), StringComparison.Ordinal);
        await job.RestartAsync(newer);
        await EndsRightAsync(job, folder);
    }

    [Fact]
    public async Task ALauncherKilledWhileItPutsFilesBack_IsFollowedByARestartThatComesOutRight()
    {
        var folder = FolderWithInput();
        var job = await StartAsync(folder);
        var epoch = await CheckpointAsync(job);
        await job.WaitForMoreAsync();
        await job.KillAsync();
        Lab.SetFaults(1, "putback-write hang");
        await using (var restart = Hpccr.Start("restart", epoch.Path, "--detach"))
        {
            await Await.UntilAsync("something set aside", () => Directory.Exists(Path.Combine(epoch.Path, "written-after"))
                && Directory.EnumerateFiles(Path.Combine(epoch.Path, "written-after"), "*.json").Any());
            Daemon.Signal(Daemon.Launcher(Lab, 1), "KILL");
            (await restart.EndAsync()).EndsWith(1);
        }

        Lab.SetFaults(1);
        (await Hpccr.RunAsync("lab", "up", "1")).EndsWith(0);
        await Await.UntilAsync("node1", async () => (await Hpccr.JsonAsync("status")).GetProperty("nodes").EnumerateArray().Any(n => n.GetProperty("state").GetString() == "connected"));
        await job.RestartAsync(epoch);
        await EndsRightAsync(job, folder);
    }

    [Fact]
    public async Task AnInputThatSomebodyChanged_IsNamed_OneThatWasOnlyTouchedIsNot_AndOneThatWasReplacedIsBack()
    {
        var folder = FolderWithInput();
        var input = Path.Combine(folder, "input");
        var job = await StartAsync(folder);
        await job.CheckpointAsync(stop: true);

        File.WriteAllText(input, "INPUT");
        (await job.RunAsync("restart", job.Name, "--dry-run")).FailsWith(6, input, "was changed since the cut");
        (await job.RunAsync("restart", job.Name, "--dry-run", "--files", "keep")).EndsWith(0);
        File.WriteAllText(input, "input");
        (await job.RunAsync("restart", job.Name, "--dry-run")).EndsWith(0);

        File.WriteAllText(input + ".tmp", "INPUT");
        File.Move(input + ".tmp", input, overwrite: true);
        // Somebody else's bytes before the cut are no end of what the job wrote.
        var log = Path.Combine(folder, "log");
        var text = File.ReadAllText(log);
        File.WriteAllText(log, text.Replace('l', 'L'));
        await job.RestartAsync();
        Assert.Equal("input", File.ReadAllText(input));
        Assert.StartsWith(text, File.ReadAllText(log), StringComparison.Ordinal);
        var kept = Directory.GetFiles(Path.Combine(job.Folder, "epoch-000001", "written-after")).Select(File.ReadAllText).ToList();
        Assert.Contains("INPUT", kept);
        Assert.Contains(text.Replace('l', 'L'), kept);
        await EndsRightAsync(job, folder);
    }

    [Fact]
    public async Task FilesToCapture_AreStoredThoughNotOpen_AndNewOnesSetAside()
    {
        var folder = Lab.NewFolder("capture");
        var (file, closed, later) = (Path.Combine(folder, "numbers.txt"), Path.Combine(folder, "closed.txt"), Path.Combine(folder, "later.txt"));
        var job = await TestJob.StartAsync(Lab, "capture", ["--capture", Path.Combine(folder, "*.txt"), "--capture", Path.Combine(folder, "**", "none")], CommandOptions.Default,
            [TestPrograms.Output, "--steps", $"{Steps}", "--file", file, "--reopen"]);
        await job.WaitForMoreAsync();
        File.WriteAllText(closed, "as at the cut");
        for (var time = 0; time < 2; time++)
        {
            await job.WaitForMoreAsync();
            var epoch = await job.CheckpointAsync();
            await job.WaitForMoreAsync();
            await job.KillAsync();
            File.WriteAllText(later, "was not there");
            File.Delete(closed);
            (await job.RunAsync("restart", epoch.Path, "--dry-run", "--files", "check")).FailsWith(6, file, closed, later);

            await job.RestartAsync(epoch);

            Assert.Equal("as at the cut", File.ReadAllText(closed));
            Assert.False(File.Exists(later));
            Assert.Contains(Directory.GetFiles(Path.Combine(epoch.Path, "written-after")), kept => File.ReadAllText(kept) == "was not there");
        }

        await job.ResultAsync();
        Assert.Equal(Enumerable.Range(1, Steps).Select(n => $"line {n}"), TestJob.LinesOf(file));
    }

    [Fact]
    public async Task FilesThatAreKept_StayAsTheyAre_AndThoseThatAreChecked_MustBeAsAtTheCut()
    {
        var file = Path.Combine(Lab.NewFolder("keep"), "numbers");
        var job = await TestJob.StartAsync(Lab, "keep", TestPrograms.Output, "--steps", $"{Steps}", "--file", file, "--truncated");
        await job.WaitForMoreAsync();
        var epoch = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        var length = new FileInfo(file).Length;

        (await job.RunAsync("restart", job.Name, "--files", "whatever")).FailsWith(2, "keep, rollback or check");
        (await job.RunAsync("show", job.Name, "--files", "--connections")).FailsWith(2);
        var plan = (await job.RunAsync("restart", job.Name, "--files", "check", "--json")).EndsWith(6).Json;
        foreach (var changed in new[] { file, Path.Combine(job.Folder, "stdout.log") })
            Assert.Contains(changed, plan.GetProperty("error").GetProperty("what").GetString(), StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(file).Length);
        Assert.False(Directory.Exists(Path.Combine(epoch.Path, "written-after")));

        // The engine would refuse a file that is longer than at the cut.
        await job.RestartAsync(epoch, "--files", "keep");
        Assert.Equal(length, new FileInfo(file).Length);
        await job.ResultAsync();
        Assert.Equal(Enumerable.Range(1, Steps).Select(n => $"line {n}"), TestJob.LinesOf(file));
        Assert.True(job.Lines.Count > Steps + 1, "what was written to standard output after the cut stays");
    }

    [Fact]
    public async Task AFileThatTheJobsUserMayNotWrite_IsAFaultOfThePlan_AndNothingIsCut()
    {
        var folder = Lab.NewFolder("denied");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", folder])).EndsWith(0);
        var file = Path.Combine(folder, "numbers");
        var job = await TestJob.StartAsync(Lab, "denied", ["--ckpt-dir", folder], CommandOptions.AsUser(Owner) with { WorkingDirectory = folder },
            [TestPrograms.Output, "--steps", $"{Steps}", "--file", file]);
        await job.WaitForMoreAsync();
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        var mode = File.GetUnixFileMode(file);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        var length = new FileInfo(file).Length;

        (await job.RunAsync("restart", job.Name)).FailsWith(6, $"{file} may not be written by the job's user");

        Assert.Equal(length, new FileInfo(file).Length);
        // The engine insists on it.
        File.SetUnixFileMode(file, mode);
        await job.RestartAsync();
        await job.ResultAsync();
        Assert.Equal(Enumerable.Range(1, Steps).Select(n => $"line {n}"), TestJob.LinesOf(file));
    }

    private string FolderWithInput()
    {
        var folder = Lab.NewFolder("files");
        File.WriteAllText(Path.Combine(folder, "input"), "input");
        return folder;
    }

    private Task<TestJob> StartAsync(string folder) => TestJob.StartAsync(Lab, "files", TestPrograms.FileWork, "--folder", folder, "--steps", $"{Steps}");

    private static async Task<TestEpoch> CheckpointAsync(TestJob job)
    {
        await job.WaitForMoreAsync();
        return await job.CheckpointAsync();
    }

    private static async Task EndsRightAsync(TestJob job, string folder)
    {
        await job.ResultAsync();
        Assert.Equal(Enumerable.Range(1, Steps).Select(n => $"line {n}"), TestJob.LinesOf(Path.Combine(folder, "log")));
        Assert.Equal([.. Enumerable.Range(1, Steps).Select(n => $"step {n}"), $"final {Steps}"], job.Lines);
        Assert.Equal(["input", "log", "map", "other", "record"], Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order());
    }

    private static JsonElement Of(IEnumerable<JsonElement> files, string path) => Assert.Single(files, file => file.GetProperty("path").GetString() == path);
}
