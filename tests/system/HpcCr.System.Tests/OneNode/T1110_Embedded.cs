using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(EmbeddedPlace.Name)]
public sealed class T1110_Embedded(EmbeddedPlace place) : SystemTest(place)
{
    [Fact]
    public async Task RunWithoutACoordinator_StartsOne_AndTheJobIsCheckpointedFromAnotherShellAndRestarted()
    {
        string[] command = [TestPrograms.Fill, "--mib", "8", "--steps", "12000", "--every", "50"];
        var name = Lab.NewName("embedded");
        TestEpoch epoch;
        await using (var run = Hpccr.Start(["run", "--name", name, "--", .. command]))
        {
            await Await.UntilAsync("the job's first steps", () => run.Stdout.Contains("step ", StringComparison.Ordinal), explain: () => run.Stderr);
            epoch = TestEpoch.Of(await Hpccr.JsonAsync("checkpoint", name));
            (await Hpccr.RunAsync("kill", name)).EndsWith(0);
            (await run.EndAsync()).EndsWith(137);
        }

        var ended = (await Hpccr.RunAsync("restart", epoch.Path)).EndsWith(0);
        Assert.EndsWith(await Undisturbed.FinalLineAsync([.. command, "--pace-us", "0"]) + "\n", ended.Stdout, StringComparison.Ordinal);
        // The job's folder outlives the coordinator, and tells how the job ended when that is gone.
        await Await.UntilAsync("the coordinator to end", () => !File.Exists(Path.Combine(Lab.RunFolder, "coordinator.sock")));
        (await Hpccr.RunAsync("wait", name)).EndsWith(0);
        Assert.Equal("Exited", (await Hpccr.JsonAsync("status", name)).GetProperty("state").GetString());
        (await Hpccr.RunAsync("checkpoint", name)).FailsWith(3, ["coordinator"]);
    }

    [Fact]
    public async Task AnOrdinaryUserWithoutACoordinator_IsToldWhoCanStartOne()
    {
        var user = CommandOptions.AsUser(4242) with { Environment = new Dictionary<string, string?> { ["HPCCR_RUN_DIR"] = Path.Combine(Lab.Folder, "nobody") } };
        (await Hpccr.RunAsync(user, "run", "--", "true")).FailsWith(4, ["root"]);
    }
}
