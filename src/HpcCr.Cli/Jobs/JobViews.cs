using Google.Protobuf.Collections;
using HpcCr.Cli.Output;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Cli.Jobs;

/// <summary>Jobs as the command line shows them.</summary>
internal static class JobViews
{
    /// <summary>A job as its coordinator knows it.</summary>
    public static JobDocument Of(JobStatus status) => new(
        status.Job, status.State.ToCore(), [.. status.Nodes.Select(node => new JobNodeDocument(node.Node, node.State, node.Pids, node.Sandbox == node.Node || node.Sandbox.Length == 0 ? null : node.Sandbox))],
        status.HasExitCode ? status.ExitCode : null, status.Epochs, status.Folder, status.Phase, status.Reason, status.LastError, status.Command,
        status.IntervalMs == 0 ? null : status.IntervalMs / 1000.0, status.Keep == 0 ? null : status.Keep,
        status.NextEpochUnixMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(status.NextEpochUnixMs))
    {
        User = JobArgument.UserOf(status.Uid),
        Reference = status.Reference(),
    };

    /// <summary>A job as its folder tells.</summary>
    public static JobDocument Of(JobOnDisk job) => new(
        job.Record.Job, job.Record.State, [.. job.Record.Nodes.Select(node => new JobNodeDocument(node, "unknown", [], null))],
        job.Record.ExitCode, [.. job.Epochs.Select(epoch => (uint)epoch.Epoch)], job.Folder, "", job.Record.Reason, "", [])
    {
        User = job.Uid is { } uid ? JobArgument.UserOf(uid) : null,
        Reference = new JobReference(job.Uid, job.Record.Job),
    };

    /// <summary>A node of the cluster.</summary>
    public static NodeDocument Of(Node node) => new(node.Name, node.State, node.Addresses, node.Slots, node.Jobs, node.Software, node.Engine);

    /// <summary>A committed epoch, as it was made.</summary>
    public static CheckpointDocument Of(CheckpointResult made) => new(
        made.Job, made.Epoch, made.Path, Round(made.PauseMs), PhasesOf(made.PhasesMs), made.Bytes, made.Connections, made.Cut, made.Refreezes, made.Stopped,
        made.Warnings);

    /// <summary>A committed epoch, as its manifest tells; the duration of its commit is not in there.</summary>
    public static CheckpointDocument Of(Manifest made, string path) => new(
        made.Job, (uint)made.Epoch, path, Round(made.PauseMilliseconds), PhasesOf(made.Phases), (ulong)made.TotalBytes,
        (uint)EpochViews.Connections(made), made.Cut ?? CutVerdict.Unproven, (uint)made.Refreezes, made.Stopped, []);

    /// <summary>What a restart would do.</summary>
    public static PlanDocument Of(RestartPlan plan, ErrorBody? error) => new(
        plan.Job, plan.Epoch, [.. plan.Placements.Select(p => new PlacementDocument(p.Sandbox, p.Node, p.Processes, p.Bytes, p.Addresses, p.Files))], plan.Faults,
        [.. plan.Checks.Select(c => new PlanCheckDocument(c.Node, c.Name, c.Ok, c.Text))], error);

    /// <summary>The folder of a job's newest committed epoch, or null.</summary>
    public static string? NewestEpoch(string jobFolder) => EpochCatalog.Committed(jobFolder) is [.., var newest] ? newest.Path : null;

    // All eight, in the order of an epoch, whatever the coordinator left out.
    private static Dictionary<string, double> PhasesOf(MapField<string, double> phases) =>
        ((string[])["quiesce", "freeze", "drain", "lock", "dump", "resume", "seal", "commit"])
            .ToDictionary(phase => phase, phase => phases.TryGetValue(phase, out var ms) ? Round(ms) : 0);

    private static Dictionary<string, double> PhasesOf(PhaseTimings phases) => new()
    {
        ["quiesce"] = Round(phases.Quiesce),
        ["freeze"] = Round(phases.Freeze),
        ["drain"] = Round(phases.Drain),
        ["lock"] = Round(phases.Lock),
        ["dump"] = Round(phases.Dump),
        ["resume"] = Round(phases.Resume),
        ["seal"] = Round(phases.Seal),
        ["commit"] = Round(phases.Commit),
    };

    private static double Round(double ms) => Math.Round(ms, 3);
}
