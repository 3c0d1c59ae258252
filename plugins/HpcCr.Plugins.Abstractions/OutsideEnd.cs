namespace HpcCr.Plugins;

/// <summary>A unix socket or a pipe of the job whose other end is outside the job.</summary>
public sealed record OutsideEnd
{
    /// <summary>Its name in this epoch and in all restarts from it, <c>socket:[INODE]</c> or <c>pipe:[INODE]</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The path that the other end is bound to; empty where it has none, as a pipe.</summary>
    public string Path { get; init; } = "";

    /// <summary>A process of the job that holds it, as the node numbers it; 0 where none is there yet.</summary>
    public int Pid { get; init; }

    /// <summary>Its descriptor in that process.</summary>
    public int Descriptor { get; init; }

    /// <summary>Who holds the other end, for people: a program and its process.</summary>
    public string Holder { get; init; } = "";
}
