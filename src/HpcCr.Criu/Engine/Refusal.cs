namespace HpcCr.Criu;

/// <summary>The notification at which a dump or restore was refused by us.</summary>
/// <param name="At">The notification.</param>
/// <param name="Reason">Who refused.</param>
/// <param name="Exception">What the handler threw, if it threw.</param>
public sealed record Refusal(CriuNotificationKind At, RefusalReason Reason, Exception? Exception);
