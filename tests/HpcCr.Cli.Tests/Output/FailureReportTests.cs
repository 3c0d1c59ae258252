using System.Text.Json;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Tests.Output;

public sealed class FailureReportTests
{
    [Theory]
    [InlineData(FailureKind.Failed, false, 1)]
    [InlineData(FailureKind.Failed, true, 125)]
    [InlineData(FailureKind.Usage, true, 2)]
    [InlineData(FailureKind.NotFound, true, 3)]
    [InlineData(FailureKind.NotAllowed, true, 4)]
    [InlineData(FailureKind.Damaged, true, 5)]
    [InlineData(FailureKind.Unsupported, true, 6)]
    [InlineData(FailureKind.JobLost, false, 7)]
    [InlineData(FailureKind.Internal, false, 125)]
    public void ExitCode_IsTheKinds_ButOneIsTheJobsWhereTheCommandEndsWithIt(FailureKind kind, bool isForeground, int expected) =>
        Assert.Equal(expected, FailureReport.ExitCode(kind, isForeground));

    [Fact]
    public void Document_HasTheFieldsOfTheContract()
    {
        var document = FailureReport.Document(new HpcCrException(FailureKind.NotFound, "what", "next"), 3);
        var root = JsonDocument.Parse(JsonSerializer.Serialize(document, CliJson.Default.ErrorDocument)).RootElement;
        var error = Assert.Single(root.EnumerateObject());
        Assert.Equal("error", error.Name);
        Assert.Equal(["kind", "what", "next", "exitCode"], error.Value.EnumerateObject().Select(p => p.Name));
        Assert.Equal("NotFound", error.Value.GetProperty("kind").GetString());
    }

    [Fact]
    public void Clean_LeavesNothingThatATerminalActsOn() =>
        Assert.Equal("a?[31mb?c?d", SafeText.Clean("a\u001b[31mb\nc\u009bd"));
}
