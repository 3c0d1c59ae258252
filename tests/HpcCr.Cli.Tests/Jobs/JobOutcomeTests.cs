using HpcCr.Cli.Jobs;

namespace HpcCr.Cli.Tests.Jobs;

public sealed class JobOutcomeTests
{
    [Theory]
    [InlineData(JobState.Exited, 0, 0)]
    [InlineData(JobState.Exited, 3, 3)]
    [InlineData(JobState.Exited, 137, 137)]
    [InlineData(JobState.Exited, null, 125)]
    [InlineData(JobState.Stopped, null, 0)]
    [InlineData(JobState.Lost, null, 7)]
    [InlineData(JobState.Failed, null, 7)]
    [InlineData(JobState.Failed, 9, 9)]
    public void ExitCode_IsTheJobs_OrElseWhatItsStateMeans(JobState state, int? exitCode, int expected) =>
        Assert.Equal(expected, JobOutcome.Of("s", state, exitCode, "", null).ExitCode);

    [Fact]
    public void AStoppedJob_IsToldWithItsEpochAndTheNextStep()
    {
        var outcome = JobOutcome.Of("s", JobState.Stopped, null, "", "/ckpt/s/epoch-000002");
        Assert.Null(outcome.Failure);
        Assert.Contains("/ckpt/s/epoch-000002", outcome.Note, StringComparison.Ordinal);
        Assert.Contains("hpccr restart s", outcome.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void ALostJob_IsToldWithItsReasonAndTheEpochToRestartFrom()
    {
        var failure = JobOutcome.Of("s", JobState.Lost, null, "node2 is gone", "/ckpt/s/epoch-000002").Failure!;
        Assert.Equal("job s was lost: node2 is gone. Bring it back with `hpccr restart /ckpt/s/epoch-000002`.", failure.Sentence);
    }
}
