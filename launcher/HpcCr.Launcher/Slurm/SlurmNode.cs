using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>Whether nothing of a job can run on a node any more, by the word of Slurm's controller.</summary>
internal static class SlurmNode
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Asks Slurm; where it has nothing to say, the answer is no.</summary>
    public static async Task<Reply> AskAsync(AskSlurm request)
    {
        var state = await SayAsync("sinfo", "--noheader", $"--nodes={request.Node}", "--format=%T");
        var jobs = state is null ? null
            : await SayAsync("squeue", "--noheader", string.Create(CultureInfo.InvariantCulture, $"--jobs={request.SlurmJob}"), $"--nodelist={request.Node}",
                "--states=RUNNING,COMPLETING,SUSPENDED,STOPPED,CONFIGURING", "--format=%T");
        return new Reply { SlurmSaid = new SlurmSaid { IsOff = IsOff(state, jobs), Text = $"node {state ?? "unknown"}, job {(jobs is null ? "unknown" : jobs.Length == 0 ? "not there" : jobs)}" } };
    }

    /// <summary>What the answers mean.</summary>
    /// <param name="state">The node's state, as <c>sinfo</c> writes it; null: unknown.</param>
    /// <param name="jobs">The states of the Slurm job on the node, one a line; null: unknown.</param>
    public static bool IsOff(string? state, string? jobs)
    {
        if (state is not { Length: > 0 } || state.Contains('\n'))
            return false;
        // What ends with a star does not answer Slurm either: it has given the job up, and knows as little as we do.
        return state is "powered_down" or "powered_down~" || (!state.EndsWith('*') && jobs is { Length: 0 });
    }

    private static async Task<string?> SayAsync(string program, params string[] arguments)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                var errors = process.StandardError.ReadToEndAsync(deadline.Token);
                var said = await process.StandardOutput.ReadToEndAsync(deadline.Token);
                await errors;
                await process.WaitForExitAsync(deadline.Token);
                return process.ExitCode == 0 ? string.Join('\n', said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()) : null;
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
