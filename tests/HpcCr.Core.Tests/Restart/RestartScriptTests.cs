using System.Diagnostics;
using HpcCr.Core.Tests.Manifests;

namespace HpcCr.Core.Tests.Restart;

public sealed class RestartScriptTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Render_OfAManifest_IsAShellScriptWithoutLeftOverPlaceholders()
    {
        var script = RestartScript.Render(Sample.Manifest);

        Assert.StartsWith("#!/bin/sh\n", script, StringComparison.Ordinal);
        Assert.DoesNotContain("@JOB@", script, StringComparison.Ordinal);
        Assert.DoesNotMatch("@[A-Z_]+@", script.Replace("\"$@\"", "", StringComparison.Ordinal));
        using var epoch = new FakeEpoch(script);
        Assert.Equal(0, (await ShAsync(["-n", epoch.Script])).Code);
    }

    [Fact]
    public async Task Render_OfAManifestThatNobodyChecked_StillRunsNothingOfIt()
    {
        var hostile = Sample.Manifest with
        {
            Job = "x\ntouch should-not-be\n#",
            Nodes = [Sample.Node("$(exit 9)"), Sample.Node("a'; exit 9; '"), Sample.Node("`exit 9`\n")],
        };
        using var epoch = new FakeEpoch(RestartScript.Render(hostile));
        await File.WriteAllTextAsync(Path.Combine(epoch.Path, "manifest.json"), "", Cancelled);

        Assert.Equal(0, (await ShAsync(["-n", epoch.Script])).Code);
        var (code, _, error) = await ShAsync([epoch.Script]);
        Assert.Equal(5, code);
        Assert.Contains("$(exit 9) is missing", error, StringComparison.Ordinal);
        Assert.DoesNotContain("\ntouch", await File.ReadAllTextAsync(epoch.Script, Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("it's")]
    [InlineData("'")]
    [InlineData("a b\tc\nd\n")]
    [InlineData("$(id) `id` $HOME ${x:-y} \\ \" ; & | < > * ? [a] ~ # !")]
    [InlineData("-n")]
    [InlineData("höhe \u202e")]
    public async Task Quote_OfAnyText_IsOneWordOfTheShell(string text)
    {
        var (code, output, _) = await ShAsync(["-c", $"printf %s,%s x {RestartScript.Quote(text)}"]);

        Assert.Equal(0, code);
        Assert.Equal("x," + text, output);
    }

    [Fact]
    public async Task Script_OfAWholeEpoch_CallsRestartWithItsFolderAndTheOptions()
    {
        using var epoch = FakeEpoch.Whole();

        var (code, output, error) = await ShAsync([epoch.Script, "--detach", "--nodes", "a b"], epoch.Hpccr);

        Assert.Equal("", error);
        Assert.Equal(42, code);
        Assert.Equal($"restart\n{epoch.Path}\n--detach\n--nodes\na b\n", output);
    }

    [Fact]
    public async Task Script_CalledThroughALinkedFolder_NamesTheEpochItself()
    {
        using var epoch = FakeEpoch.Whole();
        Directory.CreateSymbolicLink(epoch.Latest, epoch.Path);

        var (code, output, _) = await ShAsync([Path.Combine(epoch.Latest, "restart.sh"), "--dry-run"], epoch.Hpccr);

        Assert.Equal(42, code);
        Assert.Equal($"restart\n{epoch.Path}\n--dry-run\n", output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Script_AskedForHelp_ShowsAnExampleAndCallsNothing(string option)
    {
        using var epoch = new FakeEpoch(RestartScript.Render(Sample.Manifest));

        var (code, output, _) = await ShAsync([epoch.Script, "--detach", option]);

        Assert.Equal(0, code);
        Assert.Contains("Usage: restart.sh", output, StringComparison.Ordinal);
        Assert.Contains("Example:", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("node1")]
    [InlineData("node2")]
    public async Task Script_OfAnEpochThatLacksAPart_NamesItAndExitsAsDamaged(string part)
    {
        using var epoch = FakeEpoch.Whole();
        epoch.Remove(part);

        var (code, output, error) = await ShAsync([epoch.Script], epoch.Hpccr);

        Assert.Equal(ExitCodes.Of(FailureKind.Damaged), code);
        Assert.Equal("", output);
        Assert.Contains($"{epoch.Path}/{part} is missing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_WithoutHpccr_SaysWhatToDo()
    {
        using var epoch = FakeEpoch.Whole();

        var (code, _, error) = await ShAsync([epoch.Script], "/no/such/hpccr");

        Assert.Equal(ExitCodes.Of(FailureKind.NotFound), code);
        Assert.Contains("put hpccr into PATH", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> ShAsync(string[] arguments, string? hpccr = null)
    {
        var start = new ProcessStartInfo("/bin/sh", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (hpccr is not null)
            start.Environment["HPCCR"] = hpccr;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancelled);
        var error = process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, await output, await error);
    }
}
