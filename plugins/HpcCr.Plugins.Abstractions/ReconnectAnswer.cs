namespace HpcCr.Plugins;

/// <summary>The connection that takes the old one's place.</summary>
public sealed record ReconnectAnswer
{
    /// <summary>The descriptor of a connected TCP socket in the plugin's process (<c>(int)socket.Handle</c>); it must stay open until the process ends.</summary>
    public required int Descriptor { get; init; }

    /// <summary>What the job is to read before anything that comes from the new peer; null: what it had not read at the cut.</summary>
    public byte[]? Unread { get; init; }
}
