using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HpcCr.Cli.Slurm;

/// <summary>
/// A step of Slurm's on all nodes of the allocation, of one shell each that does nothing. The job's processes live in its cgroups, so that Slurm
/// accounts for, limits and ends them. And it hears what the batch script does not: at a preemption Slurm tells only the tasks of steps (SIGTERM
/// at the beginning of the grace time), where <c>preempt_send_user_signal</c> is not set; other processes in the step are left alone.
/// </summary>
internal sealed partial class HoldingStep : IAsyncDisposable
{
    // It ends with its input, that is with us: Slurm takes no word against a step of a job that it is ending itself, and would wait for its SIGKILL.
    private const string Script =
        "trap 'echo TERM' TERM; exec 3<&0; (trap '' TERM; exec cat <&3 >/dev/null) & echo step $SLURM_STEP_ID; while kill -0 $! 2>/dev/null; do wait $!; done";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(5);
    private static readonly string[] OfTheScript = ["SLURM_CPUS_PER_", "SLURM_TRES_PER_", "SLURM_NTASKS", "SLURM_GPUS", "SLURM_MEM_PER_", "SLURM_DISTRIBUTION", "SLURM_EXACT"];

    private readonly string _job;
    private readonly Process _srun;
    private readonly Task<string> _errors;

    private HoldingStep(string job, Process srun) => (_job, _srun, _errors) = (job, srun, srun.StandardError.ReadToEndAsync());

    /// <summary>Its number.</summary>
    public uint Id { get; private set; }

    /// <summary>Starts it, and returns when it is there on all nodes.</summary>
    /// <exception cref="HpcCrException">Slurm does not start it.</exception>
    public static async Task<HoldingStep> StartAsync(Allocation allocation, BatchSignals signals)
    {
        var start = new ProcessStartInfo("srun",
        [
            "--overlap", "--quiet", $"--nodes={allocation.Nodes.Count}", $"--ntasks={allocation.Nodes.Count}", "--ntasks-per-node=1", "--mem=0", "--cpu-bind=none",
            "--mpi=none", "--export=NONE", "--unbuffered", "--job-name=hpccr", "--kill-on-bad-exit=0", "sh", "-c", Script,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => OfTheScript.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList())
            start.Environment.Remove(name);
        var step = new HoldingStep(allocation.Label, Process.Start(start)!);
        try
        {
            await step.AwaitStartAsync(allocation.Nodes.Count);
        }
        catch
        {
            await step.DisposeAsync();
            throw;
        }

        _ = step.ListenAsync(signals);
        return step;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_srun.HasExited)
        {
            _srun.StandardInput.Close();
            await Task.WhenAny(_srun.WaitForExitAsync(), Task.Delay(EndGrace));
            if (!_srun.HasExited)
            {
                await EndAsync();
                _srun.Kill();
            }
        }

        _srun.Dispose();
    }

    private async Task EndAsync()
    {
        try
        {
            await Scontrol.RunAsync("scancel", ["--quiet", "--signal=KILL", $"{_job}.{Id}"], CancellationToken.None);
        }
        catch (HpcCrException)
        {
            // Then it ends with the Slurm job.
        }
    }

    private async Task AwaitStartAsync(int nodes)
    {
        using var deadline = new CancellationTokenSource(StartDeadline);
        try
        {
            for (var count = 0; count < nodes; count++)
            {
                if (await _srun.StandardOutput.ReadLineAsync(deadline.Token) is not { } line)
                    throw new HpcCrException(FailureKind.Failed, $"Slurm did not start the step that holds the job's processes: {JobName.Printable((await _errors).Trim())}", "slurmd's logs tell more.");
                if (StepLine().Match(line) is { Success: true } found) Id = uint.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        }
        catch (OperationCanceledException)
        {
            throw new HpcCrException(FailureKind.Failed, $"Slurm did not start the step that holds the job's processes on {nodes} nodes within {StartDeadline.TotalSeconds:0} s", "slurmd's logs tell more.");
        }
    }

    private async Task ListenAsync(BatchSignals signals)
    {
        while (await _srun.StandardOutput.ReadLineAsync() is { } line)
            if (line == "TERM")
                signals.Tell(new StopReason("Slurm told the job's steps to end, as it does at a preemption"));
    }

    [GeneratedRegex(@"\Astep ([0-9]{1,9})\z")]
    private static partial Regex StepLine();
}
