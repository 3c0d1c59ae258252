namespace HpcCr.Plugins;

/// <summary>A TCP connection of the job whose other end is outside the job.</summary>
public sealed record OutsideConnection
{
    /// <summary>Its number in this epoch and in all restarts from it.</summary>
    public required uint Id { get; init; }

    /// <summary>The job's end, <c>address:port</c>, IPv6 addresses in brackets.</summary>
    public required string Local { get; init; }

    /// <summary>The other end likewise.</summary>
    public required string Remote { get; init; }

    /// <summary>A process that holds it, as the node numbers it; 0 where none is there yet.</summary>
    public int Pid { get; init; }

    /// <summary>Its descriptor in that process.</summary>
    public int Descriptor { get; init; }

    /// <summary>Bytes that have arrived and that the job has not read, when it stands still.</summary>
    public long Unread { get; init; }

    /// <summary>Bytes that the job has written and the other end has not acknowledged, when it stands still.</summary>
    public long Unsent { get; init; }
}
