using System.Globalization;
using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr attach</c>.</summary>
internal sealed class AttachCommand : CliCommand
{
    /// <summary>The roots of the trees.</summary>
    [Option("pid", MetaValue = "[NODE:]PID", HelpText = "The process; with its node where there are several. May be given once for each node.")]
    public IEnumerable<string> Pids { get; set; } = [];

    /// <summary>The job's name.</summary>
    [Option("name", MetaValue = "JOB", HelpText = "The job's name; made from the program's when left out.")]
    public string? Name { get; set; }

    /// <summary>Where the job's folder goes.</summary>
    [Option("ckpt-dir", MetaValue = "DIR", HelpText = "Where epochs and output go, seen by all nodes; else $HPCCR_CKPT_DIR or ~/hpccr.")]
    public string? CheckpointDirectory { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var request = new AttachRequest
        {
            Name = Name is null ? "" : JobName.Check(Name),
            CheckpointDirectory = CallerFacts.CheckpointDirectory(CheckpointDirectory),
            Trees = { Pids.Select(Parse) },
        };
        Need(request.Trees.Count > 0 ? "given" : null, "--pid");
        using var session = await CoordinatorLocator.OpenOrStartAsync(Coordinator, context.Cancelled);
        var job = await session.AttachAsync(request, context.Cancelled);
        return RunCommand.Tell(context.Out, job.Job, job.State.ToCore());
    }

    /// <summary>Reads <c>PID</c> or <c>NODE:PID</c>.</summary>
    /// <exception cref="HpcCrException">It is neither (usage).</exception>
    internal static Tree Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            ? new Tree { Node = colon < 0 ? "" : NodeName.Check(text[..colon]), Pid = pid }
            : throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(text)}' is no process", "Give a number, or NODE:NUMBER.");
    }
}
