using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>What the kernel knows of a process beside its memory: a program finds the same after a checkpoint and after a restart as without either.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1510_KernelState(OneNodeLab lab) : SystemTest(lab)
{
    [Theory]
    [InlineData("periodic_timer 1")]
    [InlineData("expired_timer")]
    [InlineData("fifo_without_writer")]
    [InlineData("fifo_whose_writer_left")]
    [InlineData("closed_terminal unread")]
    [InlineData("closed_terminal read")]
    [InlineData("terminal_output")]
    [InlineData("terminal_input cooked")]
    [InlineData("terminal_input quiet")]
    [InlineData("terminal_input raw")]
    [InlineData("multicast_interface")]
    [InlineData("multicast_member")]
    [InlineData("unconnected_timers")]
    [InlineData("inherited_lock")]
    [InlineData("raw_socket")]
    [InlineData("not_accepted nodata")]
    [InlineData("cpu_limit")]
    [InlineData("semaphores")]
    public async Task AfterACheckpointAndAfterARestart_AProgramFindsWhatItLeft(string kind) => await AssertTheSameAsync(TestPrograms.KernelState, kind.Split(' '));

    [Fact]
    public async Task TmuxWithAShell_GoesOn_AndKeepsALineThatIsBegun() => await AssertTheSameAsync(TestPrograms.TmuxSession);

    [Fact]
    public async Task MpirunWhoseRankHasWrittenAndLeft_EndsWithAllThatTheRankWrote() => await AssertTheSameAsync(TestPrograms.MpiTerminal);

    [Fact]
    public async Task ATerminalThatIsNeverEmpty_LosesAndChangesNothing()
    {
        var expected = await Undisturbed.LinesAsync(TestPrograms.TerminalStream, "3000");
        var job = await TestJob.StartAsync(Lab, "stream", TestPrograms.TerminalStream, "3000");
        await job.WaitForLineAsync("started");
        await job.CheckpointAsync();
        var epoch = await job.CheckpointAsync();
        await job.ResultAsync();
        Assert.Equal(expected, job.Lines);
        await job.RestartAsync(epoch);
        await job.ResultAsync();
        Assert.Equal(expected, job.Lines);
    }

    private async Task AssertTheSameAsync(string program, params IEnumerable<string> arguments)
    {
        var folder = Lab.NewFolder("kernel");
        var expected = await ExpectedAsync(folder, program, arguments);
        var flag = Path.Combine(folder, "go");
        var job = await TestJob.StartAsync(Lab, "kernel", [program, flag, .. arguments]);
        await job.WaitForLineAsync("held");
        var epoch = await job.CheckpointAsync();
        File.WriteAllText(flag, "");
        await job.ResultAsync();
        Assert.Equal(expected, job.Lines);

        File.Delete(flag);
        await job.RestartAsync(epoch);
        File.WriteAllText(flag, "");
        await job.ResultAsync();
        Assert.Equal(expected, job.Lines);
    }

    private static async Task<IReadOnlyList<string>> ExpectedAsync(string folder, string program, IEnumerable<string> arguments)
    {
        var flag = Path.Combine(folder, "undisturbed");
        File.WriteAllText(flag, "");
        return await Undisturbed.LinesAsync([program, flag, .. arguments]);
    }
}
