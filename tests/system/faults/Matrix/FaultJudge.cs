using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Matrix;

/// <summary>Says whether the job is as it must be after a fault: running unharmed, or, where a part of it died, gone without a trace and restarted.</summary>
internal sealed class FaultJudge(FaultLab lab, FaultJob job)
{
    private static readonly string[] Stable = ["Running", "Stopped", "Exited", "Failed", "Lost"];

    private TestJob Job => job.Job;

    /// <summary>Judges; brings the job back where it ended.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="ended">How the command ended.</param>
    /// <param name="first">The epoch from before the fault.</param>
    /// <exception cref="Exception">It is not as it must be.</exception>
    public async Task<FaultOutcome> JudgeAsync(FaultCell cell, CommandResult ended, TestEpoch first)
    {
        if (cell.Kind.Toll == FaultToll.TheCommand)
            ended.FailsWith(1);
        var outcome = await OutcomeAsync(cell, ended);
        if (outcome is not (FaultOutcome.RanOn or FaultOutcome.Done))
        {
            await NothingOfTheJobAsync();
            // A rank that dies while it runs may be in the cut as a dead one: that epoch is a good one of a dying job.
            await Job.RestartAsync(outcome == FaultOutcome.Restarted && cell.IsBeforeTheFreeze ? first : null);
        }

        await Unharmed.AssertAsync(lab, Job);
        await Await.UntilAsync("two guards and no engine", () => JobProcesses.Guards(Job) is { Count: 2 } guards && guards.All(guard => JobProcesses.Engine(guard) is null));
        await job.WroteRightAsync();
        // Whatever happened, the next epoch is possible.
        await Job.CheckpointAsync();
        return outcome;
    }

    private async Task<FaultOutcome> OutcomeAsync(FaultCell cell, CommandResult ended)
    {
        var state = await StableStateAsync(cell, ended);
        switch (cell.Phase.Command, state)
        {
            case (PhaseCommand.Stop, "Stopped"):
                return FaultOutcome.Stopped;
            case (PhaseCommand.Restart, "Running"):
            case (PhaseCommand.Checkpoint, "Running") when ended.ExitCode == 0:
                return FaultOutcome.Done;
            case (_, "Running"):
                return FaultOutcome.RanOn;
            case (PhaseCommand.Restart, _) when ended.ExitCode != 0:
                return FaultOutcome.Undone;
        }

        if (!cell.MayEndTheJob)
            Assert.Fail($"the job is {state}, and nothing of it had died:\n{ended}\n{await Job.StatusAsync()}");
        return FaultOutcome.Restarted;
    }

    // Where a part of the job died, it says Running until that is found out.
    private async Task<string> StableStateAsync(FaultCell cell, CommandResult ended)
    {
        var state = "";
        var before = Job.Lines.Count;
        await Await.UntilAsync($"{Job.Name} to run or to have ended",
            async () =>
            {
                state = await Job.StateAsync();
                return Stable.Contains(state) && (state != "Running" || (cell.Kind.Toll != FaultToll.APart && Job.Lines.Count > before));
            },
            explain: () => $"it is {state}; lines {before} and now {Job.Lines.Count}; {cell}\n{ended}");
        return state;
    }

    private async Task NothingOfTheJobAsync()
    {
        await Unharmed.NothingLeftAsync(lab, Job);
        List<string> left = [];
        await Await.UntilAsync("nothing of the job to be left", () => (left = Left()).Count == 0, TimeSpan.FromSeconds(15), () => string.Join('\n', left));
    }

    private List<string> Left()
    {
        List<string> left = [.. JobProcesses.Guards(Job).Select(pid => $"guard {pid}")];
        for (var node = 1; node <= lab.Nodes; node++)
            left.AddRange(Directory.GetDirectories(Path.Combine(lab.NodeRun(node), "jobs"), "*+" + Job.Name + "*"));
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        left.AddRange(Directory.EnumerateDirectories("/sys/fs/cgroup", "*+" + Job.Name, options));
        return left;
    }
}
