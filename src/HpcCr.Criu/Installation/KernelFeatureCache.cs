using System.ComponentModel;
using System.Diagnostics;

namespace HpcCr.Criu;

/// <summary>
/// CRIU's memory of what this kernel can do. Without it every dump and restore probes the kernel anew, inside the job's pause, and an
/// engine whose real uid is the job owner's does not start at all.
/// </summary>
/// <remarks>
/// CRIU writes the file itself where /run is a tmpfs, and trusts it without looking at the kernel's version: one from before the last
/// boot (a /run on disk) is made anew.
/// </remarks>
public static class KernelFeatureCache
{
    /// <summary>Where CRIU looks for it.</summary>
    public const string StandardFolder = "/run";

    private const string FileName = "criu.kdat";
    private const string ScriptName = "kernel-feature-cache.sh";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Makes the file if it is missing or older than the running kernel. Needs root, util-linux and about 0.1 s.</summary>
    /// <param name="criuPath">The engine, as <see cref="CriuInstallation.Path"/>.</param>
    /// <param name="folder">Where to leave the file; anything but <see cref="StandardFolder"/> is for tests.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Null: it is there. Else why it could not be made, in one sentence; the engine works all the same, more slowly.</returns>
    public static async Task<string?> EnsureAsync(
        string criuPath, string folder = StandardFolder, CancellationToken cancellationToken = default)
    {
        var path = Path.Combine(folder, FileName);
        if (IsOfThisBoot(path)) return null;
        var script = Path.Combine(AppContext.BaseDirectory, ScriptName);
        if (!File.Exists(script)) return $"{path} is not there, and neither is {script}, which makes it.";
        try
        {
            var fault = await RunAsync(["--mount", "--propagation", "private", "sh", script, criuPath, folder], cancellationToken);
            return IsOfThisBoot(path) ? null : $"{path} could not be made: {fault}";
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return $"{path} could not be made: unshare cannot be run: {e.Message}.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{path} could not be made within {Deadline.TotalSeconds} s.";
        }
    }

    private static bool IsOfThisBoot(string path) =>
        File.Exists(path) && File.GetLastWriteTimeUtc(path) >= DateTime.UtcNow - TimeSpan.FromMilliseconds(Environment.TickCount64);

    private static async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("unshare", arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        using var process = Process.Start(start)!;
        try
        {
            var words = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = await process.StandardError.ReadToEndAsync(deadline.Token);
            await words;
            await process.WaitForExitAsync(deadline.Token);
            return $"exit code {process.ExitCode} {errors.Trim()}".Trim() + ".";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
