using System.Text.Json.Serialization;

namespace HpcCr.Core;

/// <summary>A regular file that the job writes to, or that was to be captured, as it was at the cut.</summary>
/// <param name="Path">As the job knows it, absolute.</param>
/// <param name="Size">Its length at the cut, in bytes.</param>
public sealed record FileRecord(string Path, long Size)
{
    /// <summary>How many of the last bytes before the cut <see cref="Tail"/> covers at most.</summary>
    public const int TailBytes = 64 << 10;

    /// <summary>What becomes of it. Left out of documents where it is appended to, as of all files in older epochs: a name is no default that a signature leaves out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FilePolicy Policy { get; init; }

    /// <summary>Where the next byte would have gone, in bytes; -1 when no descriptor was open for it.</summary>
    public long Offset { get; init; }

    /// <summary>Its permissions, as in chmod(2); 0 in older epochs.</summary>
    public int Mode { get; init; }

    /// <summary>SHA-256 of the last bytes before the cut of a file that is appended to; null when it could not be read, and in older epochs.</summary>
    public string? Tail { get; init; }

    /// <summary>Where its contents are, below the node's folder of the epoch; null when they are not in it.</summary>
    public string? Stored { get; init; }

    /// <summary>Of a file that has lost a name: another name that it had. The path is then a second name of that file, for the engine alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LinkTo { get; init; }

    /// <summary>As the images name it, where that is another path: the job has it through a mount of its own. Null: the path is the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Inside { get; init; }

    /// <summary>Of an input: its inode number at the cut; 0: not recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Inode { get; init; }

    /// <summary>Of an input: whether it was written after the job had begun, which is then taken for the job's doing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsOfJob { get; init; }

    /// <summary>Whether it is on a file system that all nodes see, so that the same path is the same file on each.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether a restart puts it back by itself; the others travel with the sandbox's own folders, or in the images.</summary>
    public bool IsPutBack => Policy is FilePolicy.Appended or FilePolicy.Rewritten or FilePolicy.Captured or FilePolicy.Input
        || (Policy == FilePolicy.Deleted && (Stored is not null || LinkTo is not null));
}
