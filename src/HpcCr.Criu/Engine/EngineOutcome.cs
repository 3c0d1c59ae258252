namespace HpcCr.Criu;

/// <summary>How a dump or restore ended.</summary>
public abstract record EngineOutcome
{
    /// <summary>True if the engine said so; its error texts are present even then and mean nothing.</summary>
    public bool Succeeded => Failure is null;

    /// <summary>What went wrong; null on success.</summary>
    public EngineFailure? Failure { get; init; }

    /// <summary>Set if it failed because we refused a notification.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>All notifications in their order, the unknown ones included.</summary>
    public IReadOnlyList<NotificationTrace> Notifications { get; init; } = [];

    /// <summary>From the request to the result.</summary>
    public TimeSpan Elapsed { get; init; }
}
