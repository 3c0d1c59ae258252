namespace HpcCr.Criu;

/// <summary>One notification of the engine.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Name">The engine's own name for it, as in its log.</param>
/// <param name="Pid">The restored root as seen from the engine, at <see cref="CriuNotificationKind.SetupNamespaces"/> and <see cref="CriuNotificationKind.PostRestore"/>.</param>
public sealed record CriuNotification(CriuNotificationKind Kind, string Name, int? Pid);
