using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Cli.Slurm;
using HpcCr.Linux;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr slurm run</c>.</summary>
internal sealed class SlurmRunCommand : StartCommand
{
    /// <summary>The job's name.</summary>
    [Option("name", MetaValue = "JOB", HelpText = "The job's name; slurm-ID when left out, slurm-ID_N in an array.")]
    public string? Name { get; set; }

    /// <summary>The epoch of an earlier Slurm job to go on from.</summary>
    [Option("resume-from", MetaValue = "CKPT", HelpText = "Go on from an epoch of an earlier Slurm job, or from the newest of a job; else $HPCCR_RESUME_FROM.")]
    public string? ResumeFrom { get; set; }

    /// <summary>How long before the time limit the job is stopped.</summary>
    [Option("before-limit", MetaValue = "TIME", Default = "2m", HelpText = "Stop the job with an epoch so long before its time limit.")]
    public string BeforeLimit { get; set; } = "2m";

    /// <summary>The script that takes over.</summary>
    [Option("next", MetaValue = "SCRIPT", HelpText = "Once the job is stopped, submit SCRIPT to go on from its epoch when this Slurm job has ended, instead of having this one requeued.")]
    public string? Next { get; set; }

    /// <summary>Whether nothing runs without epochs.</summary>
    [Option("strict", HelpText = "Fail where epochs are not possible, instead of running the command without.")]
    public bool Strict { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        using var signals = new BatchSignals();
        if (Path.GetFileName(Trailing[0]) == "srun")
        {
            throw new HpcCrException(FailureKind.Unsupported, "ranks that srun starts belong to Slurm's step daemons, to whose sockets a restart cannot connect them again",
                "Start them with mpirun, which spreads over the same nodes: `hpccr slurm run -- mpirun ./app`.");
        }

        var allocation = await Allocation.CurrentAsync(context.Cancelled);
        var margin = Duration.Parse("--before-limit", BeforeLimit);
        var spec = Spec(JobName.Check(Name ?? $"slurm-{allocation.Label}"), allocation.Nodes) with { SlurmJob = allocation.Job, Slots = allocation.Tasks };
        var earlier = await EarlierEpochs.OfAsync(
            spec, allocation.Restarts > 0, ResumeFrom ?? Environment.GetEnvironmentVariable(EarlierEpochs.Variable), Coordinator, context.Cancelled);
        var (session, obstacle) = await Readiness.OfAsync(allocation, Coordinator, context.Cancelled);
        using (session)
        {
            if (session is not null && obstacle is null)
            {
                var terms = await SlurmTerms.OfAsync(allocation.Label, context.Cancelled);
                var leave = new Departure(allocation, terms, Next);
                return await new SlurmJobRun(session, context.Out, allocation, terms, leave, signals, margin).RunAsync(spec, earlier, context.Cancelled);
            }
        }

        if (earlier.Count > 0)
        {
            throw new HpcCrException(FailureKind.Unsupported, $"job {allocation.Label} cannot go on from {earlier[0].Path}: {obstacle}",
                "Its epochs stay. Once that is put right, requeue the job or submit it again with --resume-from.");
        }

        if (Strict) throw new HpcCrException(FailureKind.Unsupported, $"job {allocation.Label} was not started: {obstacle}", "Without --strict it would run without epochs.");
        Terminal.Note($"job {allocation.Label} runs without checkpoints: {obstacle}");
        return RunPlainly();
    }

    // As the script would have run it without us.
    private int RunPlainly()
    {
        try
        {
            Exec.Replace(ProgramPath.Resolve(Trailing[0], Environment.GetEnvironmentVariable("PATH")), Trailing, CallerFacts.Variables().Select(v => $"{v.Key}={v.Value}").ToList());
            return ExitCodes.Done;
        }
        catch (LinuxException e)
        {
            throw new HpcCrException(FailureKind.Failed, $"{Trailing[0]} cannot be run: {e.Message}", "", e);
        }
    }
}
