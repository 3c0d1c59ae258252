namespace HpcCr.Plugins.Redial;

/// <summary>Some peers, and how they are called again.</summary>
internal sealed record RedialPeer
{
    /// <summary>Which: <c>ADDRESS:PORT</c>, <c>*:PORT</c>, <c>ADDRESS</c>.</summary>
    public required string Match { get; init; }

    /// <summary>Whom to call instead, <c>ADDRESS:PORT</c>; null: the same again.</summary>
    public string? To { get; init; }

    /// <summary>A program with its arguments that says what the peer must hear first. The connection is its standard input and output; 0: it went well.</summary>
    public IReadOnlyList<string>? Handshake { get; init; }

    /// <summary>Whether what the old peer had not acknowledged is sent again; else an epoch waits until there is no such thing.</summary>
    public bool Resend { get; init; }
}
