using System.Diagnostics;
using HpcCr.Cli.Output;
using HpcCr.Linux;

namespace HpcCr.Cli.Slurm;

/// <summary>
/// A step of Slurm's that does nothing but be ended: at a preemption, and without <c>preempt_send_user_signal</c>, Slurm tells only the tasks of
/// steps (SIGTERM at the beginning of the grace time), never the batch script.
/// </summary>
internal sealed class PreemptionSentinel : IDisposable
{
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);
    private const int Terminated = 128 + Signals.Terminate;
    private readonly Process _srun;
    private bool _isOver;

    private PreemptionSentinel(Process srun) => _srun = srun;

    /// <summary>Starts it on the node of the batch script; it takes no processor or memory from the job.</summary>
    public static PreemptionSentinel Start(Allocation allocation, BatchSignals signals)
    {
        var start = new ProcessStartInfo("srun",
        [
            "--overlap", "--quiet", "--nodes=1", "--ntasks=1", $"--nodelist={allocation.Nodes[0]}", "--mem=0", "--cpu-bind=none", "--mpi=none", "--job-name=hpccr-sentinel",
            "--kill-on-bad-exit=0", "--input=none", "--output=none", "--error=none", "sleep", "infinity",
        ])
        {
            // It says that its task was ended, which is what it is for.
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("SLURM_CPUS_PER", StringComparison.Ordinal) || name.StartsWith("SLURM_TRES_PER", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        var sentinel = new PreemptionSentinel(Process.Start(start)!);
        _ = sentinel.WatchAsync(signals);
        return sentinel;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        if (ProcessIdentity() is { } running)
        {
            running.SendSignal(Signals.Terminate);
            running.Dispose();
            if (!_srun.WaitForExit(EndGrace)) _srun.Kill();
        }

        _srun.Dispose();
    }

    private PidFd? ProcessIdentity()
    {
        try
        {
            return _srun.HasExited ? null : PidFd.Open(_srun.Id);
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            return null;
        }
    }

    private async Task WatchAsync(BatchSignals signals)
    {
        var said = await _srun.StandardError.ReadToEndAsync();
        await _srun.WaitForExitAsync();
        if (_srun.ExitCode == Terminated)
            signals.Tell(new StopReason("Slurm ended a step of the job, as it does at a preemption"));
        else if (!_isOver)
            Terminal.Note($"a preemption may not be noticed in time: the step that waits for it ended with {_srun.ExitCode}: {said.Trim()}");
    }
}
