using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>Every element of an array is a job of its own.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5080_Arrays(CgroupCluster cluster) : SlurmTest(cluster)
{
    private const int Elements = 8;

    [Fact]
    public async Task AnArrayOfEight_HasEpochsOfEachElement()
    {
        var array = await SlurmJob.SubmitAsync(Cluster, "alice", [$"--array=1-{Elements}"], ["--interval", "1s", "--keep", "1"],
            ["sh", "-c", $"exec {TestPrograms.Output} --steps 400 --pace-us 10000 --file out.$SLURM_ARRAY_TASK_ID"]);
        var elements = Enumerable.Range(1, Elements).Select(n => array with { Id = $"{array.Id}_{n}" }).ToList();
        foreach (var element in elements) await element.WaitForEpochAsync();
        (await Cluster.RunAsync("ctl", "scontrol", "requeue", elements[3].Id)).EndsWith(0);
        await elements[3].LetItBeginAgainAsync();

        await elements[3].WaitForOutputAsync("goes on from epoch");
        foreach (var element in elements) await element.AssertResultAsync("final 400");

        await Cluster.AwaitNoTracesAsync();
    }
}
