namespace HpcCr.Core;

/// <summary>Everything that is needed to start a job, and to know it again after a restart.</summary>
public sealed record JobSpec
{
    /// <summary>The job's name; see <see cref="JobName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The command and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The caller's environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The caller's working directory, absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The caller's file mode creation mask.</summary>
    public int Umask { get; init; } = 0x12;

    /// <summary>The user whom the job belongs to.</summary>
    public required uint Uid { get; init; }

    /// <summary>The user's group.</summary>
    public required uint Gid { get; init; }

    /// <summary>The caller's resource limits.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>The nodes, the head node first: there the command runs.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>The checkpoint directory, absolute; the job's folder is below it.</summary>
    public required string CheckpointDirectory { get; init; }

    /// <summary>Whether the sandbox hides the host's /tmp behind one of its own.</summary>
    public bool PrivateTmp { get; init; }

    /// <summary>Whether the job's processes ran before it was a job: a tree of them on each node.</summary>
    public bool Attached { get; init; }

    /// <summary>The node where the command runs.</summary>
    public string Head => Nodes[0];

    /// <summary>The job's folder: epochs, output, final state.</summary>
    public string Folder => Path.Combine(CheckpointDirectory, Name);
}
