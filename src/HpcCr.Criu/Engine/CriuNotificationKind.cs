namespace HpcCr.Criu;

/// <summary>The engine's notifications. It waits for the answer to each.</summary>
/// <remarks>
/// <code>
/// we                      engine                          tasks
///  |--- DUMP --------------&gt;|
///  |&lt;-- PreDump ------------|                             running (or frozen by us)      refuse: fails, nothing touched
///  |    answer ------------&gt;|--- seize, thaw the cgroup -&gt; held by ptrace
///  |&lt;-- NetworkLock --------|                             only with a network namespace of their own
///  |&lt;-- QueryExtFiles ------|                             held                            refuse: fails, let go
///  |    answer ------------&gt;|--- write the images
///  |&lt;-- PostDump -----------|                             held, sockets in repair mode    THE GATE OF THE VOTE; refuse: fails, let go
///  |    answer ------------&gt;|--- let go, or kill
///  |&lt;-- NetworkUnlock ------|                             only with a network namespace of their own, when they live on
///  |&lt;-- result -------------|                             running, frozen again (if frozen before), or gone
///
///  |--- RESTORE -----------&gt;|
///  |&lt;-- PreRestore ---------|                             none                            refuse: fails
///  |&lt;-- SetupNamespaces(pid)|                             only with namespaces; the root lives in them
///  |&lt;-- PostSetupNamespaces |                             the same                        refuse: killed, fails
///  |&lt;-- OrphanPtsMaster ----|                             never asked for here
///  |&lt;-- PostRestore(pid) ---|                             all made, none runs             THE GATE OF THE RESTART; refuse: killed, fails
///  |&lt;-- NetworkUnlock ------|                             only with a network namespace of their own
///  |&lt;-- PreResume ----------|                             stopped in their last call      refusing is only logged
///  |&lt;-- PostResume ---------|                             running                         refusing is only logged
///  |&lt;-- result(pid) --------|
/// </code>
/// Where refusing has no effect (NetworkUnlock, PreResume, PostResume, StatusReady) the answer is always true, whatever the
/// handler says. An unknown notification is answered with true, is not shown to the handler, and is kept in
/// <see cref="EngineOutcome.Notifications"/>: a newer engine's extra step must not cost a job its checkpoint.
/// </remarks>
public enum CriuNotificationKind
{
    /// <summary>A name that this code does not know.</summary>
    Unknown = 0,

    /// <summary>Dump: before any task is touched.</summary>
    PreDump,

    /// <summary>Dump: the tree's own network namespace is about to be locked.</summary>
    NetworkLock,

    /// <summary>Dump: asks for external objects.</summary>
    QueryExtFiles,

    /// <summary>Dump: the images are written, the tasks still held.</summary>
    PostDump,

    /// <summary>Dump or restore: the tree's own network namespace is about to be unlocked.</summary>
    NetworkUnlock,

    /// <summary>Restore: before any task is made.</summary>
    PreRestore,

    /// <summary>Restore: the root task lives in its new namespaces, which are still empty.</summary>
    SetupNamespaces,

    /// <summary>Restore: the namespaces are filled (mounts done).</summary>
    PostSetupNamespaces,

    /// <summary>Restore: everything is made, nothing runs.</summary>
    PostRestore,

    /// <summary>Restore: the tasks are about to run.</summary>
    PreResume,

    /// <summary>Restore: the tasks run.</summary>
    PostResume,

    /// <summary>Restore: hands over the master of a terminal.</summary>
    OrphanPtsMaster,

    /// <summary>Lazy restore: the page server listens.</summary>
    StatusReady,
}
