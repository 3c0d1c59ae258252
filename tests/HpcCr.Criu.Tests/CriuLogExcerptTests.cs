namespace HpcCr.Criu.Tests;

/// <summary>The engine's log made short.</summary>
public sealed class CriuLogExcerptTests
{
    private const string Log = """
        (00.000001) Version: 4.2.1 (gitid 0)
        (00.000002) two
        (00.000003) three
        (00.000004) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
        (00.000005) five
        (00.000006) six
        (00.000007) seven
        (00.000008)     12: Error (criu/files-reg.c:2175): File var/out.txt has bad size 446 (expect 332)
        (00.000009) pie: 7: Error (criu/pie/restorer.c:1): second
        """;

    [Fact]
    public void Parse_KeepsEachErrorWithTheFiveLinesBefore_AndLeavesTheHarmlessOut()
    {
        var errors = CriuLogExcerpt.Parse(Log);
        Assert.Equal(["File var/out.txt has bad size 446 (expect 332)", "second"], errors.Select(error => error.Message));
        Assert.Equal([12, 7], errors.Select(error => error.Pid));
        Assert.Equal(5, errors[0].Before.Count);
        Assert.Equal("(00.000003) three", errors[0].Before[0]);
        Assert.Equal("(00.000007) seven", errors[0].Before[4]);
    }

    [Fact]
    public void Parse_OfALogWithMoreErrorsThanAnybodyReads_KeepsTheFirst()
    {
        var log = string.Join('\n', Enumerable.Range(0, 1000).Select(i => $"(00.1) Error (a.c:1): number {i}"));
        var errors = CriuLogExcerpt.Parse(log);
        Assert.Equal(CriuLogExcerpt.MaximumErrors, errors.Count);
        Assert.Equal("number 0", errors[0].Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no error at all\n\n")]
    [InlineData("Error without a place")]
    public void Parse_OfALogWithoutErrors_IsEmpty(string log) => Assert.Empty(CriuLogExcerpt.Parse(log));
}
