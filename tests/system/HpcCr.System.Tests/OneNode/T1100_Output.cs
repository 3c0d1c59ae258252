using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1100_Output(OneNodeLab lab) : SystemTest(lab)
{
    private const int Steps = 250;

    [Theory]
    [InlineData("")]
    [InlineData("--truncated")]
    public async Task WhatAJobWrote_IsWithoutGapAndRepetition_ThoughItWroteOnAfterTheCut(string how)
    {
        var file = Path.Combine(Lab.NewFolder("output"), "numbers");
        var job = await TestJob.StartAsync(Lab, "output",
            [TestPrograms.Output, "--steps", $"{Steps}", "--pace-us", "10000", "--file", file, .. how.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        for (var time = 0; time < 2; time++)
        {
            await job.WaitForMoreAsync();
            await job.CheckpointAsync();
            await job.WaitForMoreAsync();
            await job.KillAsync();
            await job.RestartAsync();
        }

        await job.ResultAsync();
        Assert.Equal(Numbered("line"), TestJob.LinesOf(file));
        Assert.Equal([.. Numbered("output"), $"final {Steps}"], job.Lines);
    }

    private static IEnumerable<string> Numbered(string word) => Enumerable.Range(1, Steps).Select(n => $"{word} {n}");
}
