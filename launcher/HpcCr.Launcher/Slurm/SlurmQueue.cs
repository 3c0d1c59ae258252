using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace HpcCr.Launcher;

/// <summary>What Slurm's controller says of its jobs, asked with <c>squeue</c> as root.</summary>
internal static class SlurmQueue
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>The uid of a job that is running on a node now; null when it is not, or nobody answers.</summary>
    public static async Task<uint?> UserOnAsync(uint job, string node)
    {
        string[] arguments = ["--noheader", "--states=RUNNING", string.Create(CultureInfo.InvariantCulture, $"--jobs={job}"), $"--nodelist={node}", "--format=%U"];
        var start = new ProcessStartInfo("squeue", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                var errors = process.StandardError.ReadToEndAsync(deadline.Token);
                var said = await process.StandardOutput.ReadToEndAsync(deadline.Token);
                await errors;
                // The number of an array's first element is also that of the whole array: a line for each element here.
                return said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList() is [var only]
                    && uint.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : null;
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                return null;
            }
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
