using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Matrix;

/// <summary>One fault in one phase.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Kind">The fault.</param>
internal sealed record FaultCell(FaultPhase Phase, FaultKind Kind)
{
    private static readonly CommandOptions Patient = new() { Deadline = TimeSpan.FromSeconds(90) };

    /// <summary>Every pair, in the order of the phases; those that make no sense as well (<see cref="LeftOut"/>).</summary>
    public static IEnumerable<FaultCell> All => FaultPhase.All.SelectMany(phase => FaultKinds.All.Select(kind => new FaultCell(phase, kind)));

    /// <summary>Why it makes no sense; null when it does.</summary>
    public string? LeftOut => Kind.LeftOut(Phase);

    /// <summary>Whether a part of the job dies of it. An engine that waits, before its work or at its gate, is missed by nobody.</summary>
    public bool MayEndTheJob => Kind.Toll == FaultToll.APart || (Kind.Toll == FaultToll.WhatTheEngineHeld && Phase.Has.HasFlag(PhaseParts.EngineComes));

    /// <summary>Whether the job still runs on that node.</summary>
    public bool IsBeforeTheFreeze => Phase.Name is "quiesce" or "freeze";

    /// <summary>The pair of these names.</summary>
    public static FaultCell Of(string phase, string kind) => All.Single(cell => cell.Phase.Name == phase && cell.Kind.Name == kind);

    /// <summary>Holds the phase, does the harm, lets go, and judges.</summary>
    /// <returns>What became of the job.</returns>
    /// <exception cref="Exception">It is not as it must be.</exception>
    public async Task<FaultOutcome> RunAsync(FaultLab lab)
    {
        var job = await FaultJob.StartAsync(lab);
        var first = await job.Job.CheckpointAsync();
        if (Phase.Command == PhaseCommand.Restart)
            await job.Job.CheckpointAsync(stop: true);
        CommandResult ended;
        try
        {
            ended = await HarmAsync(lab, job.Job);
        }
        finally
        {
            await lab.RepairAsync();
        }

        var outcome = await new FaultJudge(lab, job).JudgeAsync(this, ended, first);
        await job.EndsRightAsync();
        Directory.Delete(job.Job.Folder, recursive: true);
        return outcome;
    }

    private async Task<CommandResult> HarmAsync(FaultLab lab, TestJob job)
    {
        File.Delete(Path.Combine(lab.NodeRun(Phase.Node), "faults.held"));
        lab.SetFaults(Phase.Node, $"{Phase.Hook} hang");
        await using var command = lab.Hpccr.Start(Patient, Arguments(job));
        var scene = new FaultScene(lab, job, Phase, command);
        await scene.HeldAsync();
        await Kind.InjectAsync(scene);
        await Kind.LetGoAsync(scene);
        return await command.EndAsync();
    }

    private string[] Arguments(TestJob job) => Phase.Command switch
    {
        PhaseCommand.Checkpoint => ["checkpoint", job.Name],
        PhaseCommand.Stop => ["checkpoint", job.Name, "--stop"],
        _ => ["restart", job.Name, "--detach"],
    };
}
