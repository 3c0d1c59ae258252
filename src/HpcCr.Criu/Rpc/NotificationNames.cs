namespace HpcCr.Criu;

/// <summary>The engine's names for its notifications.</summary>
internal static class NotificationNames
{
    /// <summary>The kind of a name.</summary>
    public static CriuNotificationKind KindOf(string name) => name switch
    {
        "pre-dump" => CriuNotificationKind.PreDump,
        "network-lock" => CriuNotificationKind.NetworkLock,
        "query-ext-files" => CriuNotificationKind.QueryExtFiles,
        "post-dump" => CriuNotificationKind.PostDump,
        "network-unlock" => CriuNotificationKind.NetworkUnlock,
        "pre-restore" => CriuNotificationKind.PreRestore,
        "setup-namespaces" => CriuNotificationKind.SetupNamespaces,
        "post-setup-namespaces" => CriuNotificationKind.PostSetupNamespaces,
        "post-restore" => CriuNotificationKind.PostRestore,
        "pre-resume" => CriuNotificationKind.PreResume,
        "post-resume" => CriuNotificationKind.PostResume,
        "orphan-pts-master" => CriuNotificationKind.OrphanPtsMaster,
        "status-ready" => CriuNotificationKind.StatusReady,
        _ => CriuNotificationKind.Unknown,
    };

    /// <summary>Whether refusing stops anything.</summary>
    public static bool CanBeRefused(CriuNotificationKind kind) => kind is not (
        CriuNotificationKind.Unknown
        or CriuNotificationKind.NetworkUnlock
        or CriuNotificationKind.PreResume
        or CriuNotificationKind.PostResume
        or CriuNotificationKind.StatusReady);
}
