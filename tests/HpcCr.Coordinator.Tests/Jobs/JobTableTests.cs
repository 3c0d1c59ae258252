using HpcCr.Core;
using HpcCr.Coordinator.Tests.Support;

namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class JobTableTests
{
    private const uint Owner = 1000;
    private const uint Other = 1001;
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
    public void Require_OfANameThatSeveralUsersHave_IsTheCallersOwn()
    {
        var (own, others) = (Add("solver"), Add("solver", Other));

        Assert.Same(own, _jobs.Require("solver", Owner));
        Assert.Same(others, _jobs.Require("solver", Other));
        Assert.Same(own, _jobs.Require($"{Owner}/solver", Owner));
        Assert.Equal(FailureKind.NotAllowed, Assert.Throws<HpcCrException>(() => _jobs.Require($"{Other}/solver", Owner)).Kind);
        Assert.Equal(FailureKind.NotAllowed, Assert.Throws<HpcCrException>(() => _jobs.Require($"{Other}/none", Owner)).Kind);
        Assert.Equal(FailureKind.NotFound, Assert.Throws<HpcCrException>(() => _jobs.Require($"{Owner}/none", Owner)).Kind);
    }

    [Fact]
    public void Require_ByRoot_IsRootsOwn_ElseTheOnlyOneOfTheName_ElseTheUserHasToBeNamed()
    {
        var first = Add("solver");
        Assert.Same(first, _jobs.Require("solver", 0));

        var second = Add("solver", Other);
        var refused = Assert.Throws<HpcCrException>(() => _jobs.Require("solver", 0));
        Assert.Equal((FailureKind.Usage, "2 users have a job solver"), (refused.Kind, refused.Message));
        Assert.Contains("1000/solver, 1001/solver", refused.Next, StringComparison.Ordinal);
        Assert.Same(first, _jobs.Require("1000/solver", 0));
        Assert.Same(second, _jobs.Require("1001/solver", 0));

        var own = Add("solver", 0);
        Assert.Same(own, _jobs.Require("solver", 0));
        Assert.Same(own, _jobs.Require("0/solver", 0));
    }

    [Fact]
    public void Add_OfANameThatAnotherUserHas_LeavesThatJobAlone()
    {
        var others = Add("solver", Other);

        var own = Add("solver");
        own.MoveTo(JobState.Exited, 0);
        var next = Add("solver");

        Assert.Same(others, _jobs.Find(new JobId(Other, "solver")));
        Assert.Same(next, _jobs.Find(new JobId(Owner, "solver")));
        _jobs.Remove(next);
        Assert.Same(others, Assert.Single(_jobs.All));
    }

    [Fact]
    public void Add_OfANameThatLives_IsRefused_AndOfOneThatEnded_TakesItsPlace()
    {
        var first = Add("stencil");
        Assert.Contains("is there already (Starting)", Assert.Throws<HpcCrException>(() => Add("stencil")).Message, StringComparison.Ordinal);

        first.MoveTo(JobState.Exited, 0);

        Assert.Same(Add("stencil"), _jobs.Find(new JobId(1000, "stencil")));
    }

    [Fact]
    public void Add_OfManyJobs_ForgetsTheOldestOfThoseThatEndedAndNoneThatLives()
    {
        var living = Add("living");
        for (var i = 0; i < 1010; i++)
            Add($"job-{i}").MoveTo(JobState.Exited, 0);
        Add("last");

        Assert.Equal(1002, _jobs.All.Count);
        Assert.Same(living, _jobs.Find(new JobId(1000, "living")));
        Assert.Null(_jobs.Find(new JobId(1000, "job-0")));
        Assert.Null(_jobs.Find(new JobId(1000, "job-9")));
        Assert.NotNull(_jobs.Find(new JobId(1000, "job-10")));
        Assert.NotNull(_jobs.Find(new JobId(1000, "job-1009")));
    }

    [Fact]
    public void Add_OfMoreJobsThanAUserMayHave_IsRefused_ForThatUserOnly()
    {
        for (var i = 0; i < 1000; i++)
            Add($"job-{i}");

        var refusal = Assert.Throws<HpcCrException>(() => Add("one-more"));

        Assert.Equal((FailureKind.Failed, "user 1000 has 1000 jobs that run already; the job was not started"), (refusal.Kind, refusal.Message));
        _jobs.Add(new Job(FakeCluster.Spec("node1") with { Name = "other", Uid = 1001 }));
        _jobs.Find(new JobId(1000, "job-7"))!.MoveTo(JobState.Exited, 0);
        Add("one-more");
    }

    [Fact]
    public void ALongDescription_CountsWhileTheJobRuns_AndIsGoneWhenItHasEnded()
    {
        Job Long(string name) => new(FakeCluster.Spec("node1") with
        {
            Name = name,
            Uid = Owner,
            Command = ["run", new string('y', 500_000)],
            Environment = new Dictionary<string, string> { ["FILL"] = new('x', 1_500_000) },
        });
        for (var i = 0; i < 16; i++)
            _jobs.Add(Long($"job-{i}"));
        Assert.Contains("more than 32 MiB", Assert.Throws<HpcCrException>(() => _jobs.Add(Long("last"))).Message, StringComparison.Ordinal);

        var first = _jobs.Find(new JobId(1000, "job-0"))!;
        first.MoveTo(JobState.Exited, 0);

        Assert.InRange(first.DescriptionBytes, 1, 10_000);
        Assert.Empty(first.Spec.Environment);
        Assert.InRange(first.ToStatus().CalculateSize(), 1, 10_000);
        _jobs.Add(Long("last"));
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

    private Job Add(string name, uint uid = Owner)
    {
        var job = new Job(FakeCluster.Spec("node1") with { Name = name, Uid = uid });
        _jobs.Add(job);
        return job;
    }
}
