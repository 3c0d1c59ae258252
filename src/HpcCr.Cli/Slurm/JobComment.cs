using System.Globalization;
using HpcCr.Cli.Output;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Slurm;

/// <summary>Keeps the comment of the Slurm job at what <c>squeue -o %k</c> should show: the newest epoch.</summary>
internal sealed class JobComment(Allocation allocation)
{
    private string _shown = "";
    private Task _showing = Task.CompletedTask;

    /// <summary>The job has changed. Slurm's controller is asked only when there is something new to tell.</summary>
    public void Show(JobStatus job)
    {
        var text = TextOf(job);
        if (text == _shown) return;
        _shown = text;
        _showing = _showing.ContinueWith(_ => UpdateAsync(text), TaskScheduler.Default).Unwrap();
    }

    /// <summary>Waits until Slurm has the last one.</summary>
    public Task SettleAsync() => _showing;

    /// <summary>The comment for a job.</summary>
    public static string TextOf(JobStatus job) =>
        $"hpccr: {(job.State.ToCore() == JobState.Stopped ? "stopped with epoch" : "newest epoch")} {Newest(job)}";

    private static string Newest(JobStatus job) => job.Epochs is [.., var newest] ? newest.ToString(CultureInfo.InvariantCulture) : "none";

    private async Task UpdateAsync(string text)
    {
        try
        {
            await Scontrol.AskAsync(["update", $"jobid={allocation.Label}", $"comment={text}"], CancellationToken.None);
        }
        catch (HpcCrException e)
        {
            Terminal.Note($"the job's comment was not updated: {e.Message}");
        }
    }
}
