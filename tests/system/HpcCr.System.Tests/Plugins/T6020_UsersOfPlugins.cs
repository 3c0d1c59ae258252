using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Plugins;

/// <summary>A user's plugin is that user and no more; what runs as root, or in every job, is root's own.</summary>
[Collection(PluginsLab.Name)]
public sealed class T6020_UsersOfPlugins(PluginsLab lab) : SystemTest(lab)
{
    private const int Owner = 4242;
    private const int Other = 4243;
    private static readonly string[] Counts = [TestPrograms.Fill, "--mib", "2", "--steps", "1000000", "--every", "20"];

    private string LabInstalled => ((PluginsLab)Lab).Installed;

    [Fact]
    public async Task AUsersPlugin_IsThatUser_AndReachesNoOtherJob()
    {
        var others = await StartAsync(Other, []);
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"));
        var job = await StartAsync(Owner, ["--plugin", plugin.Folder]);
        foreach (var folder in new[] { others.Folder, $"{Lab.RunFolder}/jobs/{others.Key}/memory/tmp", $"{Lab.RunFolder}/jobs/{job.Key}/memory/staging", $"{Lab.RunFolder}/jobs/{job.Key}/root" })
        {
            plugin.Behave($"postDump read {folder}");
            await job.CheckpointAsync();
            Assert.True(PluginLog(job).Contains($"uid {Owner} groups [{Owner}] in {plugin.Folder}: {folder}: Permission denied", StringComparison.Ordinal), PluginLog(job));
        }

        // Nor is it root by a program that makes it so.
        plugin.Behave("quiesce gain");
        await job.CheckpointAsync();
        Assert.Contains("NoNewPrivs: 1", PluginLog(job), StringComparison.Ordinal);
        Assert.Contains("CapEff: 0000000000000000", PluginLog(job), StringComparison.Ordinal);
        Assert.Equal(Owner, int.Parse((await StatAsync(Path.Combine(job.Folder, "plugins.log"), "%u")).Trim(), System.Globalization.CultureInfo.InvariantCulture));
        await job.KillAsync();
        await others.KillAsync();
    }

    [Theory]
    [InlineData("runAs", "root", "wants to run as root")]
    [InlineData("always", "true", "wants to be every job's")]
    public async Task AUsersPlugin_ThatWantsMore_IsRefusedBeforeTheJobStarts(string what, string value, string why)
    {
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"), json => json[what] = value == "true" ? true : value);
        (await RunAsync(plugin.Folder)).FailsWith(4, why, "Take \"" + what);
    }

    [Fact]
    public async Task AnInstalledPlugin_RunsAsRootOnlyWhenItsFilesAreRootsAlone()
    {
        var folder = Path.Combine(LabInstalled, "unruly");
        var plugin = UnrulyPlugin.Make(folder, json => json["runAs"] = "root");
        try
        {
            var job = await StartAsync(Owner, ["--plugin", "unruly"]);
            plugin.Behave("quiesce read /");
            await job.CheckpointAsync();
            Assert.Contains($"uid 0 groups [0] in {folder}: /: could", PluginLog(job), StringComparison.Ordinal);

            File.SetUnixFileMode(Path.Combine(folder, "plugin.py"), (UnixFileMode)0b111_111_101);
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(4, "plugin.py can be written by others than root");
            File.SetUnixFileMode(Path.Combine(folder, "plugin.py"), (UnixFileMode)0b111_101_101);
            (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}", folder])).EndsWith(0);
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(4, $"{folder} belongs to user {Owner}", "Make root the owner");
            await Unharmed.AssertAsync(Lab, job);
            var listed = await Hpccr.JsonAsync("plugin", "list", "--plugins", LabInstalled);
            Assert.Contains(listed.GetProperty("plugins").EnumerateArray(), p => p.GetProperty("plugin").GetString() == "unruly" && p.GetProperty("fault").GetString()!.Contains("belongs to", StringComparison.Ordinal));
            // Whoever does not use it is not concerned.
            await (await StartAsync(Owner, [])).CheckpointAsync();
            await job.KillAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task APluginThatTheNodeHasForEveryJob_IsInEveryJob()
    {
        var folder = Path.Combine(LabInstalled, "unruly");
        var plugin = UnrulyPlugin.Make(folder, json => (json["always"], json["runAs"]) = (true, "root"));
        try
        {
            var job = await StartAsync(Owner, []);
            await job.CheckpointAsync();
            Assert.Equal(["hello", "quiesce", "preDump", "postDump", "resumed"], plugin.Heard);
            await job.KillAsync();

            // What cannot be read may be meant for every job: jobs run, and no epoch leaves it out.
            await File.WriteAllTextAsync(Path.Combine(folder, "plugin.json"), "{", TestContext.Current.CancellationToken);
            var other = await StartAsync(Owner, []);
            (await other.RunAsync("checkpoint", other.Name)).FailsWith(2, folder);
            await other.WaitForMoreAsync();
            await other.KillAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task APluginThatIsNotThere_OrOfAnotherVersion_OrWrong_IsToldAtTheStart()
    {
        (await RunAsync("nowhere")).FailsWith(3, "there is no plugin nowhere", "hpccr plugin list");
        (await RunAsync("./nowhere")).FailsWith(3, "plugin.json", "cannot be read");
        foreach (var (property, value, code, what) in new[]
        {
            ("api", "0", 6, "was written for version 0 of the plugin interface, and this launcher has version 1"),
            ("name", "\"Wrong\"", 2, "is not the name of a plugin"),
            ("surprise", "1", 2, "surprise"),
            ("assembly", "\"../x.dll\"", 2, "either \"run\" or \"assembly\""),
            ("deadlines", "{\"quiesce\":20001}", 2, "deadline for quiesce that is not between 1 and 20000 ms"),
            ("config", "[]", 2, "\"config\" that is no object"),
            ("onFailure", "\"ignore\"", 2, "cannot be read"),
        })
        {
            var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"), json => json[property] = System.Text.Json.Nodes.JsonNode.Parse(value));
            (await RunAsync(plugin.Folder)).FailsWith(code, what);
        }

        var config = Path.Combine(Lab.NewFolder("unruly"), "config.json");
        await File.WriteAllTextAsync(config, "[1]", TestContext.Current.CancellationToken);
        (await RunAsync($"noop={config}")).FailsWith(2, "no JSON object");
    }

    [Fact]
    public async Task APluginThatIsGone_IsAFaultOfTheRestartPlan()
    {
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"));
        var job = await StartAsync(Owner, ["--plugin", plugin.Folder]);
        await job.CheckpointAsync(stop: true);
        Directory.Move(plugin.Folder, plugin.Folder + ".gone");
        (await job.RunAsync("restart", job.Name, "--detach")).FailsWith(6, "there is no plugin in", plugin.Folder);
        Directory.Move(plugin.Folder + ".gone", plugin.Folder);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    private Task<CommandResult> RunAsync(string plugin) => Hpccr.RunAsync(["run", "--name", Lab.NewName("user"), "--detach", "--plugin", plugin, "--", .. Counts]);

    private async Task<TestJob> StartAsync(int uid, IReadOnlyList<string> options)
    {
        var folder = Lab.NewFolder("user");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{uid}:{uid}", folder])).EndsWith(0);
        var job = await TestJob.StartAsync(Lab, "user", ["--ckpt-dir", folder, .. options], CommandOptions.AsUser(uid) with { WorkingDirectory = folder }, Counts);
        await job.WaitForLineAsync("ready ");
        return job;
    }

    private static string PluginLog(TestJob job) => File.ReadAllText(Path.Combine(job.Folder, "plugins.log"));

    private async Task<string> StatAsync(string path, string format) => (await Hpccr.RunProgramAsync(CommandOptions.Default, ["stat", "-c", format, path])).EndsWith(0).Stdout;
}
