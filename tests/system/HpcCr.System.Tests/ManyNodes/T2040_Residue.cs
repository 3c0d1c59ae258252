using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2040_Residue(ManyNodesLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task BytesOfAClosedSocket_AreRefusedWithTheirPort_AndWaitedForOnceTheyMove()
    {
        var hold = Path.Combine(Lab.NewFolder("hold"), "hold");
        var job = await SpreadJob.StartPairAsync(Lab, TestPrograms.TcpClose, $"7001 40 --hold-while {hold}", "7001 40 8000000 --gap-ms 150");
        await RefusedWhileAsync(job, await AloneAsync(TestPrograms.TcpClose, "7001 40", "7001 40 8000000"), hold, "round ", "still delivers", ":7001");
    }

    [Fact]
    public async Task ConnectionsThatNobodyHasAccepted_AreRefusedWithTheirPort_AndWaitedForOnceTheyMove()
    {
        var hold = Path.Combine(Lab.NewFolder("hold"), "hold");
        var job = await SpreadJob.StartPairAsync(Lab, TestPrograms.AcceptQueue, $"7002 40 --hold-while {hold}", "7002 40 --gap-ms 150");
        await RefusedWhileAsync(job, await AloneAsync(TestPrograms.AcceptQueue, "7002 40", "7002 40"), hold, "burst ", "waits to be accepted", "port 7002");
    }

    private static Task<string> AloneAsync(string program, string server, string client) =>
        Undisturbed.FinalLineAsync("sh", "-c", $"{program} client 127.0.0.1 {client} >/dev/null & exec {program} server {server}");

    private async Task RefusedWhileAsync(TestJob job, string undisturbed, string hold, string line, params string[] words)
    {
        await job.WaitForLineAsync(line);
        await File.WriteAllTextAsync(hold, "", TestContext.Current.CancellationToken);
        var client = Path.Combine(job.Folder, "node2.log");
        // The client is one ahead of the server once the bytes, or the connections, lie there.
        await Await.UntilAsync("the residue", () => TestJob.LinesOf(client).Count > job.Lines.Count);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, words);
        await Unharmed.NothingLeftAsync(Lab, job);
        File.Delete(hold);
        var epoch = await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        // The client may not come to its last line: the job ends with the server.
        Assert.Equal(undisturbed, await job.ResultAsync());
    }
}
