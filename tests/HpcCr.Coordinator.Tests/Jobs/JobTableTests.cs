using HpcCr.Core;
using HpcCr.Coordinator.Tests.Support;

namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class JobTableTests
{
    private const uint Owner = 1000;
    private readonly JobTable _jobs = new();

    [Theory]
    [InlineData(0u, true)]
    [InlineData(Owner, true)]
    [InlineData(1001u, false)]
    [InlineData(uint.MaxValue, false)]
    public void Require_OfAJob_IsForItsOwnerAndRootOnly(uint caller, bool allowed)
    {
        var job = Add("stencil");

        if (allowed)
            Assert.Same(job, _jobs.Require("stencil", caller));
        else
            Assert.Equal(FailureKind.NotAllowed, Assert.Throws<HpcCrException>(() => _jobs.Require("stencil", caller)).Kind);
    }

    [Fact]
    public void Require_OfNoJob_IsNotFound_AndOfNoName_WrongUsage()
    {
        Assert.Equal(FailureKind.NotFound, Assert.Throws<HpcCrException>(() => _jobs.Require("none", 0)).Kind);
        Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => _jobs.Require("../none", 0)).Kind);
    }

    [Fact]
    public void Add_OfANameThatLives_IsRefused_AndOfOneThatEnded_TakesItsPlace()
    {
        var first = Add("stencil");
        Assert.Contains("is there already (Starting)", Assert.Throws<HpcCrException>(() => Add("stencil")).Message, StringComparison.Ordinal);

        first.MoveTo(JobState.Exited, 0);

        Assert.Same(Add("stencil"), _jobs.Find("stencil"));
    }

    [Fact]
    public void Add_OfManyJobs_ForgetsTheOldestOfThoseThatEndedAndNoneThatLives()
    {
        var living = Add("living");
        for (var i = 0; i < 1010; i++)
            Add($"job-{i}").MoveTo(JobState.Exited, 0);
        Add("last");

        Assert.Equal(1002, _jobs.All.Count);
        Assert.Same(living, _jobs.Find("living"));
        Assert.Null(_jobs.Find("job-0"));
        Assert.Null(_jobs.Find("job-9"));
        Assert.NotNull(_jobs.Find("job-10"));
        Assert.NotNull(_jobs.Find("job-1009"));
    }

    [Fact]
    public void MoveTo_OfAJobThatHasEnded_ChangesNothing()
    {
        var job = Add("stencil");
        Assert.True(job.MoveTo(JobState.Exited, 3));

        Assert.False(job.MoveTo(JobState.Lost, reason: "later"));

        Assert.Equal((JobState.Exited, 3, ""), (job.State, job.ExitCode, job.Reason));
    }

    [Fact]
    public async Task NextChange_WakesAtEveryChange()
    {
        var job = Add("stencil");
        var change = job.NextChange();
        Assert.False(change.IsCompleted);

        job.MoveTo(JobState.Running);

        await change.Within();
        Assert.False(job.NextChange().IsCompleted);
    }

    private Job Add(string name)
    {
        var job = new Job(FakeCluster.Spec("node1") with { Name = name, Uid = Owner });
        _jobs.Add(job);
        return job;
    }
}
