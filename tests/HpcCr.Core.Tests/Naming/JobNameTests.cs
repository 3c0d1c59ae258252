namespace HpcCr.Core.Tests.Naming;

public sealed class JobNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("9")]
    [InlineData("stencil-k7f3")]
    [InlineData("My.Job_2-b")]
    [InlineData("latest")]
    [InlineData("epoch")]
    [InlineData("1234567890123456789012345678901234567890")]
    public void Check_OfAName_ReturnsIt(string name) => Assert.Equal(name, JobName.Check(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../etc")]
    [InlineData("a/../b")]
    [InlineData("/etc")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("-rf")]
    [InlineData("_x")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a;reboot")]
    [InlineData("$(id)")]
    [InlineData("a'b")]
    [InlineData("a\"b")]
    [InlineData("a*")]
    [InlineData("a@b")]
    [InlineData("jöb")]
    [InlineData("a\u202eb")]
    [InlineData("epoch-000001")]
    [InlineData("epoch-")]
    [InlineData("12345678901234567890123456789012345678901")]
    public void Check_OfAnythingElse_IsWrongUsageWithTheRule(string? name)
    {
        Assert.False(JobName.IsValid(name));

        var failure = Assert.Throws<HpcCrException>(() => JobName.Check(name));

        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains("is not a job name", failure.Message, StringComparison.Ordinal);
        Assert.Contains("letters, digits", failure.Next, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Theory]
    [InlineData("slurm-12", 12u, true)]
    [InlineData("slurm-12", 13u, false)]
    [InlineData("slurm-12", 0u, false)]
    [InlineData("slurm-12_3", 15u, true)]
    [InlineData("slurm-12_3", 0u, false)]
    [InlineData("slurm-heat", 0u, true)]
    [InlineData("", 0u, true)]
    public void RequireFree_OfTheNameOfASlurmJob_IsForThatJobOnly(string name, uint slurmJob, bool free)
    {
        var failure = Record.Exception(() => JobName.RequireFree(name, slurmJob));

        Assert.Equal(free, failure is null);
        Assert.True(free || failure is HpcCrException { Kind: FailureKind.NotAllowed });
    }

    [Theory]
    [InlineData("/opt/app/stencil.openmpi", "stencil-")]
    [InlineData("./a.out", "a-")]
    [InlineData("python3", "python3-")]
    [InlineData("", "job-")]
    [InlineData("/", "job-")]
    [InlineData("--", "job-")]
    [InlineData("höhe\n;rm", "hherm-")]
    [InlineData("epoch", "jobepoch-")]
    [InlineData("a-very-long-command-name-that-goes-on-and-on-and-on", "averylongcommandname-")]
    public void Generate_FromAnyCommand_IsAJobNameThatRemindsOfIt(string command, string stem)
    {
        var name = JobName.Generate(command);

        Assert.True(JobName.IsValid(name), name);
        Assert.StartsWith(stem, name, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_ManyTimes_SeldomRepeatsItself() =>
        Assert.InRange(Enumerable.Range(0, 1000).Select(_ => JobName.Generate("app")).Distinct().Count(), 990, 1000);

    [Theory]
    [InlineData(null, "")]
    [InlineData("plain", "plain")]
    [InlineData("a\u001b[31mb\r\n", "a?[31mb??")]
    [InlineData("\0\u007f\u0085", "???")]
    public void Printable_OfHostileText_HasNoControlCharacters(string? text, string expected) => Assert.Equal(expected, JobName.Printable(text));

    [Fact]
    public void Printable_OfLongText_IsCut()
    {
        Assert.Equal(new string('x', 80), JobName.Printable(new string('x', 80)));
        Assert.Equal(new string('x', 77) + "...", JobName.Printable(new string('x', 81)));
    }
}
