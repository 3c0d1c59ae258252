using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1070_StopAndRestartAtOnce(OneNodeLab lab) : SystemTest(lab)
{
    private const int Times = 10;

    [Fact]
    public async Task SocketsThatOpenAndCloseAllTheTime_StoppedAndRestartedTenTimes_LoseNoByte()
    {
        string[] command =
        [
            "sh", "-c", "\"$0\" server 7011 200 --hold-ms 20 & \"$0\" client 127.0.0.1 7011 200 1000000 --gap-ms 100; wait", TestPrograms.TcpClose,
        ];
        await StopAndRestartAsync("tcpclose", command, "round ", await Undisturbed.FinalLineAsync(command));
    }

    [Fact]
    public async Task ConnectionsInAnAcceptQueue_StoppedAndRestartedTenTimes_AreAllAnswered()
    {
        string[] command =
        [
            "sh", "-c", "\"$0\" server 7012 100 --accept-ms 5 & \"$0\" client 127.0.0.1 7012 100 --gap-ms 200; wait", TestPrograms.AcceptQueue,
        ];
        await StopAndRestartAsync("acceptq", command, "burst ", await Undisturbed.FinalLineAsync(command));
    }

    [Fact]
    public async Task OpenMpiOnOneNode_StoppedAndRestartedTenTimes_EndsWithTheResultOfAnUndisturbedRun()
    {
        Assert.SkipUnless(File.Exists(TestPrograms.Mpi("stencil", "openmpi")), "the Open MPI programs are not built");
        string[] command = ["mpirun.openmpi", "-n", "2", TestPrograms.Mpi("stencil", "openmpi"), "--steps", "1500"];
        await StopAndRestartAsync("stencil", [.. command, "--pace-us", "10000"], "step ", await Undisturbed.FinalLineAsync([.. command, "--pace-us", "0"]));
    }

    private async Task StopAndRestartAsync(string stem, string[] command, string line, string expected)
    {
        var job = await TestJob.StartAsync(Lab, stem, [], CommandOptions.Default with { Deadline = TimeSpan.FromMinutes(2) }, command);
        await job.WaitForLineAsync(line);
        for (var time = 1; time <= Times; time++)
        {
            Assert.Equal(time, (await job.CheckpointAsync(stop: true)).Number);
            Assert.Equal("Stopped", await job.StateAsync());
            await job.RestartAsync();
            await job.WaitForMoreAsync();
        }

        Assert.Equal(expected, await job.ResultAsync());
    }
}
