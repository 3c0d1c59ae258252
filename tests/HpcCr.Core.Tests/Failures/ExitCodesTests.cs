namespace HpcCr.Core.Tests.Failures;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(FailureKind.Failed, 1)]
    [InlineData(FailureKind.Usage, 2)]
    [InlineData(FailureKind.NotFound, 3)]
    [InlineData(FailureKind.NotAllowed, 4)]
    [InlineData(FailureKind.Damaged, 5)]
    [InlineData(FailureKind.Unsupported, 6)]
    [InlineData(FailureKind.JobLost, 7)]
    [InlineData(FailureKind.Internal, 125)]
    [InlineData((FailureKind)99, 125)]
    public void Of_AFailure_IsTheCodeThatScriptsRelyOn(FailureKind kind, int code) => Assert.Equal(code, ExitCodes.Of(kind));

    [Fact]
    public void Of_EveryKind_IsNotDone() => Assert.All(Enum.GetValues<FailureKind>(), kind => Assert.NotEqual(ExitCodes.Done, ExitCodes.Of(kind)));

    [Fact]
    public void Sentence_OfAFailure_SaysWhatAndThenTheNextStep()
    {
        Assert.Equal("it broke", new HpcCrException(FailureKind.Failed, "it broke").Sentence);
        Assert.Equal("it broke. Mend it.", new HpcCrException(FailureKind.Failed, "it broke.", "Mend it.").Sentence);
    }
}
