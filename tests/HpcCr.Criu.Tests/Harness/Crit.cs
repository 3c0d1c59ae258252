using System.Diagnostics;
using System.Text.Json.Nodes;

namespace HpcCr.Criu.Tests.Harness;

/// <summary>Debian's crit, the independent decoder of images.</summary>
internal static class Crit
{
    private static readonly string[] Places = ["/opt/hpccr/criu/bin/crit", "/usr/bin/crit"];

    /// <summary>An image as crit sees it; skips the test where there is no crit.</summary>
    public static async Task<JsonNode> DecodeAsync(string image)
    {
        var prefix = Environment.GetEnvironmentVariable("HPCCR_PREFIX") is { Length: > 0 } own ? new[] { own + "/criu/bin/crit" } : [];
        var crit = prefix.Concat(Places).FirstOrDefault(File.Exists);
        Assert.SkipWhen(crit is null, "there is no crit; ./setup.sh installs it");
        using var process = Process.Start(new ProcessStartInfo(crit, ["decode", "-i", image]) { RedirectStandardOutput = true })!;
        var json = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return JsonNode.Parse(json)!;
    }
}
