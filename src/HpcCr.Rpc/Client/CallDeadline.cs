namespace HpcCr.Rpc;

/// <summary>The moment at which a caller gives up.</summary>
internal static class CallDeadline
{
    /// <summary>A source that fires at the deadline; null when there is none or it is too far away for a timer.</summary>
    public static CancellationTokenSource? Start(DateTime? deadline, TimeProvider timeProvider) =>
        Remaining(deadline, timeProvider) is { } remaining && remaining < TimeoutHeader.Longest
            ? new CancellationTokenSource(remaining, timeProvider)
            : null;

    /// <summary>The time left, never negative; null when there is no deadline.</summary>
    public static TimeSpan? Remaining(DateTime? deadline, TimeProvider timeProvider)
    {
        if (deadline is not { } end || end == DateTime.MaxValue)
            return null;
        if (end.Kind != DateTimeKind.Utc)
            throw new ArgumentException("a deadline must be in UTC", nameof(deadline));
        var remaining = end - timeProvider.GetUtcNow().UtcDateTime;
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    public static bool HasPassed(DateTime? deadline, TimeProvider timeProvider) => Remaining(deadline, timeProvider) == TimeSpan.Zero;
}
