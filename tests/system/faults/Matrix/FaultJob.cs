using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Matrix;

/// <summary>A stencil of four ranks over two nodes, whose every line is known, and which ends when it is told so.</summary>
/// <param name="Job">The job.</param>
/// <param name="EndFile">Its appearance ends the job.</param>
/// <param name="Steps">When it would end by itself.</param>
internal sealed record FaultJob(TestJob Job, string EndFile, int Steps)
{
    /// <summary>Starts one, and waits until its ranks are at work.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="steps">When it ends by itself; a step takes at least 5 ms.</param>
    /// <param name="options">Options of <c>hpccr run</c>.</param>
    public static async Task<FaultJob> StartAsync(Lab lab, int steps = 30_000, params string[] options)
    {
        var end = Path.Combine(lab.NewFolder("end"), "now");
        var job = await SpreadJob.StartAsync(lab, 2, CommandOptions.Default, options,
            SpreadJob.MpiCommand("openmpi", 4, "stencil", [.. Program(steps), "--pace-us", "5000", "--until", end]));
        await job.WaitForLineAsync("step ");
        return new FaultJob(job, end, steps);
    }

    /// <summary>All that it has written is what an undisturbed run writes: no line is missing, twice, or different.</summary>
    public async Task WroteRightAsync()
    {
        var undisturbed = await Undisturbed.LinesAsync(SpreadJob.MpiCommand("openmpi", 4, "stencil", Program(Steps)));
        foreach (var (index, line) in Job.Lines.Index())
        {
            var right = line.StartsWith("final ", StringComparison.Ordinal) && index > 0 ? undisturbed[index - 1].Replace("step ", "final ", StringComparison.Ordinal) : undisturbed[index];
            if (line != right)
                Assert.Fail($"line {index + 1} of job {Job.Name} is '{line}', in an undisturbed run '{right}'");
        }
    }

    /// <summary>Ends it: exit code 0, and the result is right.</summary>
    public async Task EndsRightAsync()
    {
        await File.WriteAllTextAsync(EndFile, "");
        await Job.ResultAsync();
        await WroteRightAsync();
    }

    private static string[] Program(int steps) => ["--n", "64", "--every", "5", "--steps", $"{steps}"];
}
