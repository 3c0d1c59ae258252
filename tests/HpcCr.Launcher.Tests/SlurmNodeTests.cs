namespace HpcCr.Launcher.Tests;

public sealed class SlurmNodeTests
{
    [Theory]
    [InlineData("powered_down", null, true)]
    [InlineData("down", "", true)]        // slurmd answers, and has ended the job
    [InlineData("idle", "", true)]
    [InlineData("idle", "COMPLETING", false)]
    [InlineData("allocated", "RUNNING", false)]
    [InlineData("down*", "", false)]      // Slurm does not reach it either
    [InlineData("down", null, false)]
    [InlineData("", "", false)]
    [InlineData(null, null, false)]
    public void ANodeIsOff_OnlyWhereSlurmReachesItOrHasSwitchedItOff(string? state, string? jobs, bool isOff) => Assert.Equal(isOff, SlurmNode.IsOff(state, jobs));
}
