using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1080_ExitCodes(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task ARunInTheForeground_EndsWithTheJobsCode_AndKeepsItsStdoutAndStderrApart()
    {
        var ended = await RunAsync(TestPrograms.ExitCode, "7");
        ended.EndsWith(7);
        Assert.Equal("exitcode: started\nexitcode: ending\n", ended.Stdout);
        Assert.Equal("exitcode: on stderr\n", ended.Stderr);
    }

    [Theory]
    [InlineData(0, 0, "0")]
    [InlineData(255, 255, "255")]
    [InlineData(125, 125, "125")]
    [InlineData(128 + 11, 11, "--signal", "11")]
    [InlineData(128 + 15, 15, "--signal", "15")]
    public async Task TheJobsOwnEnd_IsTheCommandsExitCode_128AndTheSignalForASignal(int expected, int _, params string[] arguments)
    {
        (await RunAsync([TestPrograms.ExitCode, .. arguments])).EndsWith(expected);
    }

    [Fact]
    public async Task Wait_EndsWithTheJobsCode_WhileItRunsAndAfterwards()
    {
        var job = await TestJob.StartAsync(Lab, "wait", TestPrograms.ExitCode, "--seconds", "1", "9");
        (await job.RunAsync("wait", job.Name)).EndsWith(9);
        (await job.RunAsync("wait", job.Name)).EndsWith(9);
        Assert.Equal(9, (await job.StatusAsync()).GetProperty("exitCode").GetInt32());
        Assert.Equal("Exited", await job.StateAsync());
    }

    [Fact]
    public async Task ARestartInTheForeground_EndsWithTheJobsOwnCode_AndShowsOnlyWhatComesAfterTheCut()
    {
        var job = await TestJob.StartAsync(Lab, "restart", TestPrograms.ExitCode, "--seconds", "3", "--signal", "10");
        await job.WaitForLineAsync("exitcode: started");
        await job.CheckpointAsync(stop: true);
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        var ended = (await job.RunAsync("restart", job.Name)).EndsWith(128 + 10);
        Assert.Equal("exitcode: ending\n", ended.Stdout);
        Assert.DoesNotContain("exitcode: on stderr", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJobThatIsKilled_Ends_With137()
    {
        var job = await TestJob.StartAsync(Lab, "kill", "sleep", "1000");
        await job.KillAsync();
        (await job.RunAsync("wait", job.Name)).EndsWith(137);
    }

    [Fact]
    public async Task ACommandThatIsNotThere_EndsWith127_AsInAShell()
    {
        var ended = (await RunAsync("/no/such/program")).EndsWith(127);
        Assert.Contains("/no/such/program", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANameThatIsTaken_Ends_ARunInTheForegroundWith125_AndADetachedOneWith1()
    {
        var job = await TestJob.StartAsync(Lab, "taken", "sleep", "1000");
        (await Hpccr.RunAsync("run", "--name", job.Name, "--", "true")).FailsWith(125, [job.Name]);
        (await Hpccr.RunAsync("run", "--name", job.Name, "--detach", "--", "true")).FailsWith(1, [job.Name]);
        await job.KillAsync();
    }

    private Task<CommandResult> RunAsync(params IEnumerable<string> command) => Hpccr.RunAsync(["run", "--name", Lab.NewName("exit"), "--", .. command]);
}
