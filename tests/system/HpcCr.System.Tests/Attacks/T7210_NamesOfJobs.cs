using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

/// <summary>Names of jobs belong to their users: nobody stands in the way of another one's.</summary>
[Collection(ManyNodesLab.Name)]
public sealed class T7210_NamesOfJobs(ManyNodesLab lab) : SystemTest(lab)
{
    private const int Alice = 4242;
    private const int Bob = 4243;
    private static readonly string[] Endless = [TestPrograms.Fill, "--mib", "2", "--steps", "1000000", "--every", "20"];

    [Theory]
    [InlineData("node1")]
    [InlineData("node1,node2")]
    public async Task AStoppedJob_RestartsBesideAnotherUsersJobOfItsName_AndEachCommandTouchesTheRightOne(string nodes)
    {
        var name = Lab.NewName("solver");
        // No MPI: its listeners have ports of the node, which two jobs cannot have at once.
        string[] command = nodes == "node1" ? Endless : ["sh", "-c", "\"$OMPI_MCA_plm_rsh_agent\" node2 exec \"$@\"; exec \"$@\"", "sh", .. Endless];
        var alice = await StartAsync(name, Alice, ["--nodes", nodes], command);
        await alice.WaitForMoreAsync();
        await alice.CheckpointAsync(stop: true);
        var bob = await StartAsync(name, Bob, ["--nodes", nodes], command);
        await bob.WaitForMoreAsync();

        Assert.Equal(("Stopped", alice.Folder), await ShownAsync(alice));
        await alice.RestartAsync();
        await Task.WhenAll(alice.WaitForMoreAsync(), bob.WaitForMoreAsync());
        Assert.Equal(("Running", alice.Folder), await ShownAsync(alice));
        Assert.Equal(("Running", bob.Folder), await ShownAsync(bob));
        Assert.Equal([$"{Alice}+{name}", $"{Bob}+{name}"], SandboxesOn(1, name));

        // Checkpoints, at the same time too, and what is known of them.
        var epochs = await Task.WhenAll(alice.CheckpointAsync(), bob.CheckpointAsync());
        Assert.Equal([Path.Combine(alice.Folder, "epoch-000002"), Path.Combine(bob.Folder, "epoch-000001")], epochs.Select(epoch => epoch.Path));
        Assert.Equal((2, 1), (await EpochsAsync(alice), await EpochsAsync(bob)));
        Assert.StartsWith(alice.Stdout, (await alice.RunAsync("logs", name)).EndsWith(0).Stdout, StringComparison.Ordinal);
        (await alice.RunAsync("check", name)).EndsWith(0);
        (await alice.RunAsync("prune", name, "--keep", "1")).EndsWith(0);
        Assert.Equal((1, 1), (await EpochsAsync(alice), await EpochsAsync(bob)));

        // Bob's goes away and comes back on other nodes; Alice's does not notice.
        (await bob.RunAsync("migrate", name, "--nodes", nodes == "node1" ? "node3" : "node3,node4")).EndsWith(0);
        Assert.Equal(nodes.Split(','), await alice.NodesAsync());
        await bob.KillAsync();
        Assert.Equal(["Exited", "Running"], [await bob.StateAsync(), await alice.StateAsync()]);
        (await bob.RunAsync("wait", name)).EndsWith(137);
        await bob.RestartAsync(options: ["--nodes", nodes]);

        await Task.WhenAll(alice.WaitForMoreAsync(), bob.WaitForMoreAsync());
        foreach (var job in (TestJob[])[alice, bob])
        {
            await job.KillAsync();
            Assert.Equal(job.Lines.Distinct(), job.Lines);
        }

        Assert.Empty(SandboxesOn(1, name));
        await Unharmed.NothingLeftAsync(Lab, alice);
        await Unharmed.NothingLeftAsync(Lab, bob);
    }

    [Fact]
    public async Task Root_NamesTheUserWhereSeveralHaveAName_AndRootsOwnJobComesFirst()
    {
        var name = Lab.NewName("solver");
        var alice = await StartAsync(name, Alice, ["--nodes", "node1"], Endless);
        (await Hpccr.RunAsync("check", name)).EndsWith(0);
        var bob = await StartAsync(name, Bob, ["--nodes", "node1"], Endless);
        foreach (var words in (string[][])[["checkpoint", name], ["kill", name], ["status", name], ["restart", name], ["wait", name], ["migrate", name, "--nodes", "node2"]])
            (await Hpccr.RunAsync(words)).FailsWith(2, $"2 users have a job {name}", $"{Alice}/{name}, {Bob}/{name}");

        var all = (await Hpccr.RunAsync("status")).EndsWith(0).Stdout;
        Assert.Contains($"{Alice}/{name} ", all, StringComparison.Ordinal);
        Assert.Contains($"{Bob}/{name} ", all, StringComparison.Ordinal);
        Assert.Equal($"{Alice}", (await Hpccr.JsonAsync("status", $"{Alice}/{name}")).GetProperty("user").GetString());
        var made = TestEpoch.Of(await Hpccr.JsonAsync("checkpoint", $"{Bob}/{name}", "--stop"));
        Assert.Equal(Path.Combine(bob.Folder, "epoch-000001"), made.Path);
        Assert.Equal(["Running", "Stopped"], [await alice.StateAsync(), await bob.StateAsync()]);

        var own = await TestJob.StartNamedAsync(Lab, name, ["--nodes", "node1"], CommandOptions.Default, Endless);
        (await Hpccr.RunAsync("restart", $"{Bob}/{name}", "--detach")).EndsWith(0);
        await bob.WaitForMoreAsync();
        Assert.Equal(3, SandboxesOn(1, name).Count);
        (await Hpccr.RunAsync("kill", name)).EndsWith(0);
        Assert.Equal(["Running", "Running", "Exited"], [await alice.StateAsync(), await bob.StateAsync(), await own.StateAsync()]);
        (await Hpccr.RunAsync("kill", $"{Alice}/{name}")).EndsWith(0);
        (await Hpccr.RunAsync("prune", $"{Bob}/{name}", "--keep", "1")).EndsWith(0);
        (await Hpccr.RunAsync("logs", $"{Bob}/{name}")).EndsWith(0);
        Assert.Equal(["Exited", "Running"], [await alice.StateAsync(), await bob.StateAsync()]);
        (await Hpccr.RunAsync("kill", $"nobody-{name}/{name}")).FailsWith(3, "there is no user");
        await bob.KillAsync();
    }

    [Fact]
    public async Task AnotherUsersJob_IsOutOfReachByAnyName()
    {
        var name = Lab.NewName("solver");
        var alice = await StartAsync(name, Alice, ["--nodes", "node1"], Endless);
        await alice.WaitForMoreAsync();
        var epoch = await alice.CheckpointAsync();
        var asBob = await UserAsync(Bob);
        foreach (var command in (string[])["checkpoint", "kill", "wait", "status", "restart", "check", "logs", "list"])
        {
            foreach (var text in (string[])[name, $"{Alice}/{name}"])
                (await Hpccr.RunAsync(asBob, command, text)).FailsWith(4, "another user");
        }

        (await Hpccr.RunAsync(asBob, "prune", $"{Alice}/{name}", "--keep", "1")).FailsWith(4);
        (await Hpccr.RunAsync(asBob, "restart", epoch.Path)).FailsWith(4);
        foreach (var text in (string[])[$"{Alice}+{name}", $"{name}@node1", $"../{name}", $"{Alice}/{name}/", $"//{name}", $"{Bob}/../{name}", new string('x', 41), $"4294967296/{name}"])
            Assert.Contains((await Hpccr.RunAsync(asBob, "kill", text)).ExitCode, (int[])[2, 3]);
        (await Hpccr.RunAsync(asBob, "run", "--name", $"{Alice}+{name}", "--", "true")).FailsWith(2, "is not a job name");
        Assert.Equal("Running", await alice.StateAsync());

        // What root's names look like is nobody's name.
        var bob = await StartAsync($"{Alice}.{name}", Bob, ["--nodes", "node1"], Endless);
        await bob.CheckpointAsync();
        await bob.KillAsync();
        await Unharmed.AssertAsync(Lab, alice);
        await alice.KillAsync();
    }

    [Fact]
    public async Task AFolderOfAnotherUsersJob_IsNotTaken()
    {
        var name = Lab.NewName("solver");
        var shared = Lab.NewFolder("shared");
        File.SetUnixFileMode(shared, (UnixFileMode)0b001_111_111_111);
        var alice = await StartAsync(name, Alice, ["--nodes", "node1", "--ckpt-dir", shared], Endless);
        (await Hpccr.RunAsync(await UserAsync(Bob), "run", "--name", name, "--ckpt-dir", shared, "--detach", "--", "true"))
            .FailsWith(4, $"{Path.Combine(shared, name)} belongs to ", "--name", "--ckpt-dir");
        (await Hpccr.RunAsync("run", "--name", name, "--ckpt-dir", shared, "--detach", "--", "true")).FailsWith(4, $"{Path.Combine(shared, name)} belongs to ");
        await Unharmed.AssertAsync(Lab, alice);
        await alice.KillAsync();
    }

    private async Task<TestJob> StartAsync(string name, int user, string[] options, IEnumerable<string> command) =>
        await TestJob.StartNamedAsync(Lab, name, options, await UserAsync(user), command);

    // With a checkpoint directory of the user's own, where the user's commands look for jobs by name.
    private async Task<CommandOptions> UserAsync(int user)
    {
        var folder = Path.Combine(Lab.Folder, $"of-{user}");
        Directory.CreateDirectory(folder);
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{user}:{user}", folder])).EndsWith(0);
        return CommandOptions.AsUser(user) with { WorkingDirectory = folder, Environment = new Dictionary<string, string?> { ["HPCCR_CKPT_DIR"] = folder } };
    }

    private static async Task<(string? State, string? Folder)> ShownAsync(TestJob job)
    {
        var shown = await job.StatusAsync();
        return (shown.GetProperty("state").GetString(), shown.GetProperty("folder").GetString());
    }

    private static async Task<int> EpochsAsync(TestJob job)
    {
        var listed = (await job.RunAsync("list", job.Name, "--json")).EndsWith(0).Json.GetProperty("epochs");
        Assert.All(listed.EnumerateArray(), epoch => Assert.StartsWith(job.Folder + "/", epoch.GetProperty("path").GetString(), StringComparison.Ordinal));
        return listed.GetArrayLength();
    }

    private List<string> SandboxesOn(int node, string name) =>
        [.. Directory.EnumerateDirectories(Path.Combine(Lab.NodeRun(node), "jobs"), "*" + name + "*").Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];
}
