using System.Globalization;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>What a stencil that was killed has written: it has no last line, but each of its lines has a checksum.</summary>
internal static class StencilOutput
{
    /// <summary>Fails unless the steps follow each other without gap or repetition, and the last checksum is that of an undisturbed run of so many steps.</summary>
    public static async Task AssertRightAsync(TestJob job, int ranks)
    {
        var lines = job.Lines.Where(line => line.StartsWith("step ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
        var steps = lines.Select(words => long.Parse(words[1], CultureInfo.InvariantCulture)).ToList();
        Assert.All(steps.Index(), step => Assert.Equal(steps[0] * (step.Index + 1), step.Item));
        var undisturbed = await SpreadJob.UndisturbedAsync(ranks, "stencil", "--steps", $"{steps[^1]}");
        Assert.Equal(undisturbed.Split(' ')[^1], lines[^1][^1]);
    }
}
