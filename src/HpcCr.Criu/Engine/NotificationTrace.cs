namespace HpcCr.Criu;

/// <summary>One notification as it went.</summary>
/// <param name="Notification">What the engine said.</param>
/// <param name="At">When it said so, since the request was sent.</param>
/// <param name="Held">How long it waited for our answer.</param>
/// <param name="Accepted">What we answered.</param>
public sealed record NotificationTrace(CriuNotification Notification, TimeSpan At, TimeSpan Held, bool Accepted);
