using HpcCr.Cli.Output;

namespace HpcCr.Cli.Slurm;

/// <summary>How a stopped job gets another slot: Slurm requeues it, or a script that was named takes over.</summary>
/// <param name="allocation">The allocation that it leaves.</param>
/// <param name="terms">What Slurm allows.</param>
/// <param name="next">The script, if one takes over.</param>
internal sealed class Departure(Allocation allocation, SlurmTerms terms, string? next)
{
    /// <summary>What the command ends with: the job is not done, and goes on another time (EX_TEMPFAIL).</summary>
    public const int ExitCode = 75;

    private static readonly TimeSpan EndOfScript = TimeSpan.FromMinutes(2);

    /// <summary>Whether the job gets another slot by itself.</summary>
    public bool GoesOnByItself => next is not null || terms.MayBeRequeued;

    /// <summary>Sees to the other slot.</summary>
    /// <param name="folder">The job's folder.</param>
    /// <param name="ending">Slurm's word that the script must end.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> LeaveAsync(string folder, BatchSignals ending)
    {
        try
        {
            if (next is not null)
            {
                var said = await Scontrol.SubmitAsync(
                    [$"--dependency=afterany:{allocation.Label}", $"--export=ALL,{EarlierEpochs.Variable}={folder}", next], CancellationToken.None);
                Terminal.Note($"{said.Trim()}: it goes on from {folder}");
            }
            else if (terms.MayBeRequeued)
            {
                await Scontrol.AskAsync(["requeue", allocation.Label], CancellationToken.None);
                Terminal.Note($"Slurm job {allocation.Label} is requeued and goes on from its newest epoch");
                await AwaitEndAsync(ending);
            }
            else
            {
                Terminal.Note($"Slurm job {allocation.Label} may not be requeued; submit it again with --resume-from {folder}");
            }
        }
        catch (HpcCrException e)
        {
            Terminal.Note($"{e.Sentence} Go on with --resume-from {folder}");
        }

        return ExitCode;
    }

    // A script that ends by itself now would take Slurm for done with it.
    private static async Task AwaitEndAsync(BatchSignals ending)
    {
        using var deadline = new CancellationTokenSource(EndOfScript);
        try
        {
            while (!(await ending.Arrived.ReadAsync(deadline.Token)).AtOnce)
            {
            }
        }
        catch (OperationCanceledException)
        {
            // It did not come; the job is requeued all the same.
        }
    }
}
