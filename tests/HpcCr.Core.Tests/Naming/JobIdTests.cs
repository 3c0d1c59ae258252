namespace HpcCr.Core.Tests.Naming;

public sealed class JobIdTests
{
    [Theory]
    [InlineData(0u, "solver", "0+solver", "0/solver")]
    [InlineData(1000u, "1000.solver", "1000+1000.solver", "1000/1000.solver")]
    [InlineData(uint.MaxValue, "a", "4294967295+a", "4294967295/a")]
    public void ToString_IsTheInternalName_AndReadsBack(uint uid, string name, string text, string reference)
    {
        var id = new JobId(uid, name);

        Assert.Equal(text, id.ToString());
        Assert.Equal(reference, id.Reference);
        Assert.Equal(id, JobId.TryParse(text));
        Assert.Equal(new JobReference(uid, name), JobReference.Parse(reference));
    }

    [Fact]
    public void ToString_IsNoNameOfAJob_SoThatNobodyCanTakeAnothersInternalName()
    {
        Assert.False(JobName.IsValid(new JobId(1000, "solver").ToString()));
        Assert.False(JobName.IsValid(new JobId(1000, "solver").Reference));
    }

    [Theory]
    [InlineData("")]
    [InlineData("solver")]
    [InlineData("+solver")]
    [InlineData("1000+")]
    [InlineData("01000+solver")]
    [InlineData("-1+solver")]
    [InlineData("4294967296+solver")]
    [InlineData("1000+../x")]
    [InlineData("1000+so+lver")]
    [InlineData("1000.solver")]
    public void TryParse_OfAnotherText_IsNothing(string text) => Assert.Null(JobId.TryParse(text));

    [Theory]
    [InlineData("solver", null)]
    [InlineData("0/solver", 0u)]
    [InlineData("1000/solver", 1000u)]
    public void Reference_OfAJob_ReadsAndWritesTheSame(string text, uint? uid)
    {
        var reference = JobReference.Parse(text);

        Assert.Equal(new JobReference(uid, "solver"), reference);
        Assert.Equal(text, reference.ToString());
        Assert.Equal(new JobId(uid ?? 7, "solver"), reference.Of(7));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/solver")]
    [InlineData("1000/")]
    [InlineData("alice/solver")]
    [InlineData("-1/solver")]
    [InlineData("+1/solver")]
    [InlineData("4294967296/solver")]
    [InlineData("1000/../x")]
    [InlineData("1000/a/b")]
    [InlineData("../x")]
    [InlineData("1000+solver")]
    [InlineData("solver@node2")]
    [InlineData("1000/so\nlver")]
    public void Reference_OfAnotherText_IsWrongUsage(string? text) =>
        Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => JobReference.Parse(text)).Kind);
}
