using System.Text.Json.Serialization;

namespace HpcCr.Cli.Output;

// The JSON documents of the command line: a contract for scripts, kept together because it is read together.

/// <summary>A failure.</summary>
internal sealed record ErrorDocument(ErrorBody Error);

/// <summary>What failed, what to do next, and the exit code.</summary>
internal sealed record ErrorBody(FailureKind Kind, string What, string Next, int ExitCode);

/// <summary>A job that was started or brought back and goes on by itself.</summary>
internal sealed record StartedDocument(string Job, JobState State);

/// <summary>A job that was followed to its end.</summary>
internal sealed record EndedDocument(
    string Job, JobState State, int? ExitCode, string Folder, string Stdout, string Stderr, string Reason, IReadOnlyList<uint> Epochs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorBody? Error);

/// <summary>A job; without an interval no epoch is made by itself, without a number to keep all are kept.</summary>
internal sealed record JobDocument(
    string Job, JobState State, IReadOnlyList<JobNodeDocument> Nodes, int? ExitCode, IReadOnlyList<uint> Epochs, string Folder,
    string Phase, string Reason, string LastError, IReadOnlyList<string> Command, double? IntervalSeconds = null, uint? Keep = null, DateTimeOffset? NextEpoch = null)
{
    /// <summary>Whose it is: a name, or the uid of a user without one.</summary>
    public string? User { get; init; }

    /// <summary>The job, for requests.</summary>
    [JsonIgnore]
    public JobReference Reference { get; init; }
}


/// <summary>A part of a job; <c>sandbox</c> is the node that it was started on, where that is another one.</summary>
internal sealed record JobNodeDocument(
    string Node, string State, IReadOnlyList<int> Pids, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sandbox);

/// <summary>All jobs, and the nodes there are.</summary>
internal sealed record StatusDocument(IReadOnlyList<JobDocument> Jobs, IReadOnlyList<NodeDocument> Nodes);

/// <summary>A node of the cluster.</summary>
internal sealed record NodeDocument(
    string Node, string State, IReadOnlyList<string> Addresses, uint Slots, uint Jobs, string Software, string Engine);

/// <summary>A committed epoch, as it was made.</summary>
internal sealed record CheckpointDocument(
    string Job, uint Epoch, string Path, double PauseMs, IReadOnlyDictionary<string, double> PhasesMs, ulong Bytes, uint Connections, string Cut,
    uint Refreezes, bool Stopped);

/// <summary>The jobs in allocations of Slurm's.</summary>
internal sealed record SlurmStatusDocument(IReadOnlyList<SlurmJobDocument> Jobs);

/// <summary>One of them; without <c>slurmState</c> Slurm does not know it any more.</summary>
internal sealed record SlurmJobDocument(
    uint SlurmJob, string? SlurmState, string Job, JobState State, IReadOnlyList<string> Nodes, int Epochs, DateTimeOffset? Newest, string User);

/// <summary>What a restart would do.</summary>
internal sealed record PlanDocument(
    string Job, uint Epoch, IReadOnlyList<PlacementDocument> Placements, IReadOnlyList<string> Faults, IReadOnlyList<PlanCheckDocument> Checks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorBody? Error);

/// <summary>Where a sandbox goes.</summary>
internal sealed record PlacementDocument(
    string Sandbox, string Node, uint Processes, ulong Bytes, IReadOnlyList<string> Addresses, IReadOnlyList<string> Files);

/// <summary>One thing that a restart needs of a node.</summary>
internal sealed record PlanCheckDocument(string Node, string Check, bool Ok, string Text);

/// <summary>The jobs with a folder.</summary>
internal sealed record JobListDocument(IReadOnlyList<JobSummaryDocument> Jobs);

/// <summary>A job with what it occupies.</summary>
internal sealed record JobSummaryDocument(string Job, JobState State, int Epochs, int? Latest, long Bytes, DateTimeOffset? Time, string Folder, string? User);

/// <summary>The epochs of a job.</summary>
internal sealed record EpochListDocument(string Job, string Folder, IReadOnlyList<EpochDocument> Epochs);

/// <summary>A committed epoch; what cannot be read of it is said in <c>problem</c>.</summary>
internal sealed record EpochDocument(
    int Epoch, string Path, DateTimeOffset? Time, double PauseMs, long Bytes, int Connections, int Nodes, bool Stopped, string? Problem);

/// <summary>What was found when an epoch was checked.</summary>
internal sealed record VerifyDocument(
    string Job, int Epoch, string Path, bool Ok, int Files, long Bytes, string Cut, string Signature, string? KeyId, IReadOnlyList<string> Faults,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorBody? Error);

/// <summary>The connections of an epoch.</summary>
internal sealed record ConnectionsDocument(string Job, int Epoch, string Path, string Cut, IReadOnlyList<ConnectionDocument> Connections);

/// <summary>A TCP connection of the job; without <c>peer</c> its other end is outside the job, or was closed.</summary>
internal sealed record ConnectionDocument(
    EndDocument End, EndDocument? Peer, string Remote, long InFlightBefore, long InFlightAfter, string Verdict, string? Fault, string? ReconnectedBy);

/// <summary>One end of a connection, with the bytes that its image holds.</summary>
internal sealed record EndDocument(string Node, string Address, string State, long ReceiveBytes, long SendBytes);

/// <summary>The files of an epoch.</summary>
internal sealed record FilesDocument(string Job, int Epoch, string Path, IReadOnlyList<FileDocument> Files);

/// <summary>A file of the job, as it was at the cut, and what a restart would do with it as it is now.</summary>
internal sealed record FileDocument(string Node, string Path, string Policy, long? Size, long? Offset, string Restart);

/// <summary>What was removed of a job's epochs, or would be.</summary>
internal sealed record PruneDocument(string Job, string Folder, IReadOnlyList<uint> Removed, IReadOnlyList<uint> Kept, ulong Bytes, bool DryRun);

/// <summary><c>hpccr rm</c>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Folder">Its folder, which is gone.</param>
/// <param name="Epochs">How many checkpoints it had.</param>
/// <param name="Bytes">How many bytes.</param>
internal sealed record RemoveDocument(string Job, string Folder, uint Epochs, ulong Bytes);

/// <summary>What a job has written.</summary>
internal sealed record LogsDocument(string Job, string Stream, string Path, long Bytes, string Text);

/// <summary>What was found that stands in the way of a checkpoint, or that a restart would not give back.</summary>
internal sealed record CheckDocument(
    string Job, bool Ok, IReadOnlyList<JobFindingDocument> Findings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorBody? Error);

/// <summary>One of these; <c>severity</c> is <c>fault</c>, or <c>warning</c> where a checkpoint can be made all the same.</summary>
internal sealed record JobFindingDocument(string Node, string Check, string Severity, string What, string Remedy);

/// <summary>What this node can do.</summary>
internal sealed record DoctorDocument(
    bool Ok, IReadOnlyList<FindingDocument> Checks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorBody? Error);

/// <summary>One check of this node.</summary>
internal sealed record FindingDocument(string Name, string Result, string Found, string Remedy);

/// <summary>A lab.</summary>
internal sealed record LabDocument(
    bool Up, string Coordinator, string CoordinatorAddress, IReadOnlyList<LabNodeDocument> Nodes, IReadOnlyList<string> Started, string Folder);

/// <summary>A node of a lab.</summary>
internal sealed record LabNodeDocument(string Node, string State, string Launcher, string Address, int? Pid, int Slots);

/// <summary>The end of a lab.</summary>
internal sealed record LabDownDocument(bool Up, bool WasUp);

/// <summary>The plugins that are installed on this node.</summary>
internal sealed record PluginListDocument(IReadOnlyList<PluginDocument> Plugins);

/// <summary>One of them; with a <c>fault</c> no job can use it.</summary>
internal sealed record PluginDocument(string Plugin, string Folder, string RunAs, string OnFailure, bool Always, string? Fault);

/// <summary>A plugin that was taken through an epoch and a restart: what was done, and its part of the log.</summary>
internal sealed record PluginTestDocument(string Plugin, IReadOnlyList<string> Steps, IReadOnlyList<string> Log);
