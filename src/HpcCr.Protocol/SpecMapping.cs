using HpcCr.Core;

namespace HpcCr.Protocol;

/// <summary>The one mapping of jobs between code and wire.</summary>
public static class SpecMapping
{
    private const int MostPathCharacters = 4095;

    /// <summary>The job as it travels.</summary>
    public static V1.JobSpec ToWire(this JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var wire = new V1.JobSpec
        {
            Name = spec.Name,
            WorkingDirectory = spec.WorkingDirectory,
            Umask = (uint)spec.Umask,
            CheckpointDirectory = spec.CheckpointDirectory,
            PrivateTmp = spec.PrivateTmp,
            Uid = spec.Uid,
            Gid = spec.Gid,
            KeyHasUser = spec.KeyHasUser,
            Attached = spec.Attached,
            IntervalMs = (ulong)spec.IntervalMilliseconds,
            MaxPauseMs = (uint)spec.MaxPauseMilliseconds,
            Keep = (uint)spec.Keep,
            SlurmJob = spec.SlurmJob,
            SlurmStep = spec.SlurmStep,
            Incarnation = (ulong)spec.Incarnation,
        };
        wire.Command.AddRange(spec.Command);
        wire.Nodes.AddRange(spec.Nodes);
        wire.Hosts.AddRange(spec.Hosts);
        wire.Slots.AddRange(spec.Slots);
        wire.Capture.AddRange(spec.Capture);
        wire.Outside.AddRange(spec.Outside);
        wire.Plugins.AddRange(spec.Plugins.Select(use => new V1.PluginUse { Name = use.Name, Folder = use.Folder ?? "", ConfigJson = use.ConfigJson ?? "" }));
        wire.PastAddresses.AddRange(spec.PastAddresses.Select(ToWire));
        foreach (var (name, value) in spec.Environment) wire.Environment[name] = value;
        wire.Limits.AddRange(spec.Limits.Select(limit => new V1.ResourceLimit { Resource = limit.Resource, Soft = limit.Soft, Hard = limit.Hard }));
        return wire;
    }

    /// <summary>The job that travelled, with what it must have. It may have no nodes yet: the coordinator then chooses.</summary>
    /// <exception cref="HpcCrException">Its name, command, a node or a folder of it is wrong (usage).</exception>
    public static JobSpec ToCore(this V1.JobSpec wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        if (wire.Command.Count == 0 || wire.Command[0].Length == 0)
            throw new HpcCrException(FailureKind.Usage, "the job has no command", "Write it after `--`.");
        if (wire.Command.Any(HasNul) || wire.Environment.Any(e => HasNul(e.Key) || HasNul(e.Value) || e.Key.Length == 0 || e.Key.Contains('=')))
            throw new HpcCrException(FailureKind.Usage, "the job's command or environment has a character that no process can be given", "");
        return new JobSpec
        {
            Name = JobName.Check(wire.Name),
            Command = [.. wire.Command],
            Environment = wire.Environment.ToDictionary(),
            WorkingDirectory = Absolute(wire.WorkingDirectory, "working directory"),
            Umask = (int)(wire.Umask & 0x1ff),
            Uid = wire.Uid,
            Gid = wire.Gid,
            KeyHasUser = wire.KeyHasUser,
            Limits = [.. wire.Limits.Select(limit => new ResourceLimit(limit.Resource, limit.Soft, limit.Hard))],
            Nodes = [.. wire.Nodes.Select(NodeName.Check)],
            Hosts = [.. wire.Hosts.Select(NodeName.Check)],
            PastAddresses = [.. wire.PastAddresses.Select(g => new AddressGeneration([.. g.Sandboxes.Select(s => s.Addresses_.ToArray())]))],
            CheckpointDirectory = Absolute(wire.CheckpointDirectory, "checkpoint directory"),
            PrivateTmp = wire.PrivateTmp,
            Attached = wire.Attached,
            IntervalMilliseconds = ToInterval(wire.IntervalMs),
            MaxPauseMilliseconds = ToMaxPause(wire.MaxPauseMs),
            Keep = ToKeep(wire.Keep),
            SlurmJob = wire.SlurmJob,
            SlurmStep = wire.SlurmStep,
            Incarnation = (long)(wire.Incarnation & long.MaxValue),
            Slots = [.. wire.Slots],
            Capture = [.. wire.Capture.Select(pattern => Absolute(pattern, "pattern of files to capture"))],
            Outside = [.. wire.Outside.Select(rule => OutsideRule.Parse(rule).ToString())],
            Plugins = [.. wire.Plugins.Select(use => new PluginUse(use.Name, use.Folder is "" ? null : Absolute(use.Folder, "plugin's folder"), use.ConfigJson is "" ? null : use.ConfigJson))],
        };
    }

    /// <summary>The state as it travels.</summary>
    public static V1.JobState ToWire(this JobState state) => state switch
    {
        JobState.Starting => V1.JobState.Starting,
        JobState.Running => V1.JobState.Running,
        JobState.Checkpointing => V1.JobState.Checkpointing,
        JobState.Stopped => V1.JobState.Stopped,
        JobState.Exited => V1.JobState.Exited,
        JobState.Failed => V1.JobState.Failed,
        JobState.Lost => V1.JobState.Lost,
        _ => V1.JobState.Unspecified,
    };

    /// <summary>The state that travelled.</summary>
    /// <exception cref="HpcCrException">This version does not know it (internal).</exception>
    public static JobState ToCore(this V1.JobState state) => state switch
    {
        V1.JobState.Starting => JobState.Starting,
        V1.JobState.Running => JobState.Running,
        V1.JobState.Checkpointing => JobState.Checkpointing,
        V1.JobState.Stopped => JobState.Stopped,
        V1.JobState.Exited => JobState.Exited,
        V1.JobState.Failed => JobState.Failed,
        V1.JobState.Lost => JobState.Lost,
        _ => throw new HpcCrException(FailureKind.Internal, $"the coordinator reports a job state {(int)state} that this HpcCr does not know",
            "Install the same version of HpcCr everywhere."),
    };

    /// <summary>What is done with files, as it travels.</summary>
    public static V1.FileTreatment ToWire(this FileTreatment treatment) => treatment switch
    {
        FileTreatment.Keep => V1.FileTreatment.Keep,
        FileTreatment.Check => V1.FileTreatment.Check,
        _ => V1.FileTreatment.Rollback,
    };

    /// <summary>What is done with files, that travelled.</summary>
    /// <exception cref="HpcCrException">This version does not know it (internal).</exception>
    public static FileTreatment ToCore(this V1.FileTreatment treatment) => treatment switch
    {
        V1.FileTreatment.Rollback => FileTreatment.Rollback,
        V1.FileTreatment.Keep => FileTreatment.Keep,
        V1.FileTreatment.Check => FileTreatment.Check,
        _ => throw new HpcCrException(FailureKind.Internal, $"the treatment {(int)treatment} of files is not known to this HpcCr", "Install the same version of HpcCr everywhere."),
    };

    /// <summary>An interval that travelled, in milliseconds.</summary>
    /// <exception cref="HpcCrException">It is longer than any (usage).</exception>
    public static long ToInterval(ulong milliseconds) => milliseconds <= JobSpec.LongestInterval
        ? (long)milliseconds
        : throw new HpcCrException(FailureKind.Usage, "the interval of the epochs is too long", "At most 30d.");

    /// <summary>A longest pause that travelled, in milliseconds.</summary>
    /// <exception cref="HpcCrException">It is longer than any (usage).</exception>
    public static long ToMaxPause(uint milliseconds) => milliseconds <= JobSpec.LongestInterval
        ? milliseconds
        : throw new HpcCrException(FailureKind.Usage, "the maximum pause is too long", "At most 30d.");

    /// <summary>A number of epochs to keep that travelled.</summary>
    /// <exception cref="HpcCrException">It is larger than any (usage).</exception>
    public static int ToKeep(uint keep) => keep <= EpochName.Maximum
        ? (int)keep
        : throw new HpcCrException(FailureKind.Usage, "so many epochs cannot be kept", $"At most {EpochName.Maximum}.");

    private static V1.AddressGeneration ToWire(AddressGeneration generation) => new()
    {
        Sandboxes = { generation.OfSandboxes.Select(addresses => new V1.Addresses { Addresses_ = { addresses } }) },
    };

    private static string Absolute(string path, string what) => path.Length > MostPathCharacters
        ? throw new HpcCrException(FailureKind.Usage, $"the {what} is longer than {MostPathCharacters} characters", "No file system takes such a path.")
        : path.StartsWith('/') && !HasNul(path) ? path
        : throw new HpcCrException(FailureKind.Usage, $"the {what} '{JobName.Printable(path)}' is not an absolute path", "Give a path that begins with '/'.");

    private static bool HasNul(string text) => text.Contains('\0');
}
