namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class EndedJobsTests
{
    [Fact]
    public void AUserWhoseJobsTakeTooMuch_LosesTheirOldest_AndOthersNothing()
    {
        (uint User, long Bytes, int Number)[] jobs = [(1, 3 << 20, 9), (2, 100, 8), (1, 3 << 20, 7), (1, 1000, 6), (2, 100, 5)];

        Assert.Equal([7], EndedJobs.Excess(jobs, job => job.User, job => job.Bytes).Select(job => job.Number));
    }

    [Fact]
    public void WhoHasMostJobs_LosesTheOldest_WhenThereAreTooMany()
    {
        var jobs = Enumerable.Range(0, EndedJobs.Kept + 5).Select(number => (User: number % 100 == 0 ? 7u : 8u, Number: number)).ToList();

        Assert.Equal([1004, 1003, 1002, 1001, 999], EndedJobs.Excess(jobs, job => job.User, _ => 10).Select(job => job.Number));
    }
}
