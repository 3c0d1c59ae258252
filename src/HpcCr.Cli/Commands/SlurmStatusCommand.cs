using System.Globalization;
using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Cli.Slurm;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr slurm status</c>.</summary>
internal sealed class SlurmStatusCommand : CliCommand
{
    /// <summary>The Slurm job.</summary>
    [Value(0, MetaName = "SLURM-JOB", HelpText = "The Slurm job's number; all when left out.")]
    public string? SlurmJob { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var wanted = SlurmJob is null ? 0 : Number(SlurmJob);
        using var session = CoordinatorLocator.Open(Coordinator, "show the jobs of Slurm's");
        var jobs = (await session.StatusAsync(context.Cancelled)).Where(job => wanted == 0 ? job.SlurmJob != 0 : job.SlurmJob == wanted).ToList();
        if (jobs.Count == 0 && wanted != 0)
            throw new HpcCrException(FailureKind.NotFound, $"Slurm job {wanted} has no job of HpcCr's", "`hpccr slurm status` shows those that have; `hpccr list` shows the epochs of jobs that ended long ago.");
        Dictionary<uint, string> states = jobs.Count == 0 ? [] : await StatesAsync(context.Cancelled);
        var document = new SlurmStatusDocument([.. jobs.Select(job => Of(job, states))]);
        context.Out.Table(["slurm job", "slurm", "job", "state", "nodes", "epochs>", "newest epoch"], document.Jobs.Select(job => (IReadOnlyList<string>)
            [$"{job.SlurmJob}", job.SlurmState ?? "-", JobArgument.Label(job.User, job.Job), $"{job.State}", string.Join(",", job.Nodes), $"{job.Epochs}", job.Newest is { } at ? Quantity.Time(at) : "-"]));
        if (Json) Terminal.Document(document, CliJson.Default.SlurmStatusDocument);
        return ExitCodes.Done;
    }

    private static uint Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(text)}' is no number of a Slurm job", "Write it as squeue shows it, such as 12.");

    private static SlurmJobDocument Of(JobStatus job, Dictionary<uint, string> states)
    {
        var newest = JobViews.NewestEpoch(job.Folder);
        return new SlurmJobDocument(job.SlurmJob, states.GetValueOrDefault(job.SlurmJob), job.Job, job.State.ToCore(),
            [.. job.Nodes.Select(node => node.Node)], job.Epochs.Count, newest is null ? null : EpochReader.ReadManifest(newest).Time, JobArgument.UserOf(job.Uid));
    }

    // Those that Slurm still knows.
    private static async Task<Dictionary<uint, string>> StatesAsync(CancellationToken cancellationToken)
    {
        var said = await Scontrol.RunAsync("squeue", ["--noheader", "--states=all", "--Format=JobID:20,State:20"], cancellationToken);
        return said.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length == 2)
            .ToDictionary(words => Number(words[0]), words => words[1]);
    }
}
