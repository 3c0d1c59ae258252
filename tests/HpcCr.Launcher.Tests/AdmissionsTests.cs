using HpcCr.Core;

namespace HpcCr.Launcher.Tests;

public sealed class AdmissionsTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Require_OnANodeOfSlurms_TakesWhatTheKnownUserBrings()
    {
        Admit(12, "1000\n");

        await On(slurm: true).RequireAsync(TestNode.Spec() with { SlurmJob = 12 });
        Assert.False(On(slurm: true).Allow(TestNode.Spec(uid: 1001) with { SlurmJob = 12 }));
        Assert.False(On(slurm: true).Allow(TestNode.Spec() with { SlurmJob = 13 }));
    }

    [Fact]
    public async Task Require_OfWhatWasNotAdmitted_SaysWhy()
    {
        Assert.Contains("comes from none of its jobs", await RefusalAsync(TestNode.Spec()), StringComparison.Ordinal);
        Assert.Contains("has not been admitted to node node2", await RefusalAsync(TestNode.Spec() with { SlurmJob = 12 }), StringComparison.Ordinal);
        Assert.Contains("has not been admitted to node node2", await RefusalAsync(TestNode.Spec() with { SlurmJob = 7 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Require_WhereThePrologWasLeftOut_TakesSlurmsWord_AndKeepsIt()
    {
        await On(slurm: true).RequireAsync(TestNode.Spec(uid: 1007) with { SlurmJob = 7 });

        Assert.True(On(slurm: true).Allow(TestNode.Spec(uid: 1007) with { SlurmJob = 7 }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("root")]
    [InlineData("-1")]
    public void Allow_ByAFileThatSaysNothing_IsNo(string text)
    {
        Admit(12, text);

        Assert.False(On(slurm: true).Allow(TestNode.Spec(uid: 0) with { SlurmJob = 12 }));
    }

    [Fact]
    public void Allow_OfRootsOwn_AndElsewhere_IsYes()
    {
        Assert.True(On(slurm: true).Allow(TestNode.Spec(uid: 0)));
        Assert.True(On(slurm: false).Allow(TestNode.Spec()));
    }

    [Fact]
    public void StepCgroups_AreThoseOfTheStepInEveryHierarchyThatSlurmUses()
    {
        var step = Directory.CreateDirectory(Path.Combine(_node.Root, "freezer", "slurm_node2", "uid_1000", "job_12", "step_3")).FullName;
        Directory.CreateDirectory(Path.Combine(_node.Root, "cpuset", "docker"));
        string[] hierarchies = [Path.Combine(_node.Root, "freezer"), Path.Combine(_node.Root, "cpuset")];

        Assert.Equal([step], StepCgroups.Of(TestNode.Spec() with { SlurmJob = 12, SlurmStep = 3 }, hierarchies));
        Assert.Empty(StepCgroups.Of(TestNode.Spec() with { SlurmJob = 12, SlurmStep = 4 }, hierarchies));
        Assert.Empty(StepCgroups.Of(TestNode.Spec() with { SlurmStep = 3 }, hierarchies));
    }

    // Of all jobs, Slurm says, only job 7 of user 1007 runs, on this node.
    private Admissions On(bool slurm) =>
        new(_node.Options with { Slurm = slurm }, (job, node) => Task.FromResult<uint?>(job == 7 && node == _node.Options.Node ? 1007 : null));

    private async Task<string> RefusalAsync(JobSpec spec) => (await Assert.ThrowsAsync<HpcCrException>(() => On(slurm: true).RequireAsync(spec))).Message;

    private void Admit(uint job, string text)
    {
        Directory.CreateDirectory(_node.Run.Slurm);
        File.WriteAllText(Path.Combine(_node.Run.Slurm, $"{job}"), text);
    }
}
