namespace HpcCr.Criu;

/// <summary>What the engine's error texts mean.</summary>
public static class KnownFailures
{
    /// <summary>All of them, in three groups; where several fit, the first counts.</summary>
    public static IReadOnlyList<KnownFailure> All { get; } = [.. OfTheNode, .. OfADump, .. OfARestore];

    private static IEnumerable<KnownFailure> OfTheNode =>
    [
        new("no-space", @"No space left on device|Disk quota exceeded",
            "The file system of the images, or of the job's files, is full.",
            "Free space there, or choose a larger staging folder (--staging)."),
        new("missing-capability", @"Can't get rlimit \d+",
            "The engine may not read the limits of another user's task: root lacks CAP_SYS_RESOURCE here.",
            "Give the launcher CAP_SYS_RESOURCE (in a container: --cap-add SYS_RESOURCE), or start the engine with the job owner as its real uid."),
        new("capability", @"CAP_[A-Z_]+.*(not set|needed|required)|should have the .*CAP_",
            "The engine lacks a capability it needs.",
            "Run the launcher as root with CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_NET_ADMIN and CAP_CHECKPOINT_RESTORE."),
        new("socket-option-refused", @"Can't get 1:16 opt",
            "This engine is too old for this kernel: it asks for a socket option (SO_PASSCRED) that kernels from 6.16 on refuse.",
            "Install CRIU 4.2 or newer (setup.sh does), or set HPCCR_CRIU to one."),
        new("vdso", @"(Unexpected|Can't find) rt vDSO|vDSO area bounds",
            "This engine does not understand the vDSO of this kernel.",
            "Install CRIU 4.2 or newer (setup.sh does), or set HPCCR_CRIU to one."),
        new("freezer-timeout", @"Unable to freeze cgroup (?<path>\S+)|Timeout reached\. Try to interrupt",
            "The tasks did not stop in time; one sits in an uninterruptible wait, often on a file server, or its cgroup was frozen by somebody else.",
            "Look for tasks in state D and for frozen parents of the job's cgroup, then try again."),
    ];

    private static IEnumerable<KnownFailure> OfADump =>
    [
        new("not-session-leader", @"root process (?<pid>\d+) is not a session leader",
            "The root of the tree, pid ${pid}, is not the leader of its session.",
            "Start it with setsid, or attach to the session's leader instead."),
        new("session-outside", @"session leader of .*outside of its pid namespace",
            "A task belongs to a session whose leader lives outside the sandbox.",
            "Start it with setsid inside the sandbox."),
        new("already-traced", @"Unable to detach from (?<pid>\d+)",
            "Pid ${pid} is held by a debugger or tracer, or may not be traced.",
            "Detach gdb, strace or the profiler from it (TracerPid in /proc/PID/status), then try again.",
            before: @"Unable to interrupt task: \d+ \(Operation not permitted\)"),
        new("task-gone", @"Unable to detach from (?<pid>\d+): No such process|Unexpected error for pid (?<pid>\d+)|SEIZE (?<pid>\d+): can't wait task",
            "Pid ${pid} could not be stopped: it has ended.",
            "See whether the job still runs, then try again."),
        new("mount-of-descriptor", @"Can't lookup mount=\d+ for fd=(?<fd>-?\d+) path=(?<path>.*)",
            "Descriptor ${fd} (${path}) was opened in another mount namespace than the sandbox's.",
            "Open the job's files inside the sandbox; for stdin, stdout and stderr use files, not what the caller had open."),
        new("sysv-outside-ipc-namespace", @"Task (?<pid>\d+) with SysVIPC shmem map .* doesn't live in IPC ns",
            "Pid ${pid} uses SysV shared memory in the node's own ipc namespace, where it may belong to others.",
            "Start the job with hpccr run, which gives it an ipc namespace of its own."),
        new("in-flight-connection", @"In-flight connection",
            "A connection waits in a listener's queue, not yet accepted.",
            "Let the job run for a moment (Refreeze) and try again; if it stays, the listener never accepts."),
        new("device", @"Can't dump file (?<fd>-?\d+) of that type \[\d+\] \(chr (?<what>\S+)\)|Can't dump file (?<fd>-?\d+) of that type \[[26]\d{4}\] \(\S+ (?<what>.+)\)",
            "Descriptor ${fd} is a device that cannot be dumped: ${what}.",
            "Start the job without it (for InfiniBand: UCX_TLS=tcp,self,sm), or install a plugin for it; see hpccr check."),
        new("anonymous-file", @"Can't dump file (?<fd>-?\d+) of that type \[\d+\] \(anon (?<what>.+)\)",
            "Descriptor ${fd} is of a kind that cannot be dumped: ${what}.",
            "Keep the program from using it; for io_uring use the program's or library's plain I/O (e.g. UV_USE_IO_URING=0)."),
        new("unsupported-file", @"Can't dump file (?<fd>-?\d+) of that type \[\d+\] \((?<what>.*)\)",
            "Descriptor ${fd} is of a kind that cannot be dumped: ${what}.",
            "Close it before the checkpoint, or install a plugin for it; see hpccr check."),
        new("unpassable-descriptor", @"send_fds failed \(-22\)",
            "A task has a descriptor that the kernel lets nobody pass on, which is one of io_uring.",
            "Keep the program from using io_uring; use the program's or library's plain I/O (e.g. UV_USE_IO_URING=0)."),
        new("device-mapping", @"Can't handle non-regular mapping on (?<pid>\d+)'s map|handle_device_vma plugin failed|Unsupported mapping found",
            "A task maps the memory of a device, of io_uring or of another kind that cannot be dumped.",
            "Start the job without it (for InfiniBand: UCX_TLS=tcp,self,sm), or install a plugin for it; see hpccr check."),
        new("ghost-too-large", @"Can't dump ghost file (?<path>.+) of (?<size>\d+) size",
            "The deleted file ${path}, still open, has ${size} bytes, more than goes into the images.",
            "Raise the limit (GhostLimitBytes), or close the file before the checkpoint."),
        new("link-remap-off", @"Can't create link remap for (?<path>.+?)\. Use",
            "The open file ${path} lost its name, and making a temporary one is switched off.",
            "Switch LinkRemap on."),
        new("link-remap-failed", @"Can't link remap to (?<path>.+?)(: .*)?$",
            "The open file ${path} lost its name, and no temporary one could be made beside it.",
            "Make its folder writable for root (a root-squashed file server forbids it), or keep the file's name until the job ends."),
        new("external-unix-stream", @"Can't dump half of stream unix connection\. name: (?<name>.*); peer name: (?<peer>.*)",
            "A unix stream socket is connected to a process outside the tree (${name}, peer ${peer}).",
            "Checkpoint the peer with the job, let the program close the connection, or have a plugin declare it external."),
        new("external-unix", @"External socket (is used|found in image)|name-less external socket|Runaway socket|Ext (stream|dgram)",
            "A unix socket is connected to a process outside the tree.",
            "Checkpoint the peer with the job, let the program close the connection, or have a plugin declare it external."),
        new("nested-namespace", @"Can't dump nested (?<kind>\w+) namespace for (?<pid>\d+)",
            "Pid ${pid} lives in a ${kind} namespace of its own inside the sandbox, which cannot be dumped.",
            "Run the program without its own container or sandbox inside the job."),
        new("external-mount", @"No mapping for \d+:(?<path>\S+) mountpoint|Mount \d+:(?<path>\S+) is autodetected external",
            "The mount ${path} comes from outside and was not declared external.",
            "Switch AutoExternalMounts on at dump and restore alike, or name it in External."),
        new("unreachable-sharing", @"Mount \d+ (?<path>\S+) \(master_id: \d+ shared_id: \d+\) has unreachable sharing",
            "The mount ${path} shares its mounts with one outside that was not declared external.",
            "Switch AutoExternalMounts on, or make the sandbox's mounts private."),
        new("overmounted-file", @"Open files on overmounted mounts are not supported yet; mount=\d+ fd=(?<fd>-?\d+) path=(?<path>.*)",
            "Descriptor ${fd} (${path}) lies in a folder over which something else is mounted now.",
            "Unmount what covers it, or close the file."),
        new("stopped-zombie", @"Zombies with threads are not supported|Zombie thread not supported|zombie (?<pid>\d+) .*found while seizing",
            "A task or thread was just ending.",
            "Try again."),
    ];

    private static IEnumerable<KnownFailure> OfARestore =>
    [
        new("bad-size", @"File (?<path>.+) has bad size (?<now>\d+) \(expect (?<then>\d+)\)",
            "The file ${path} is now ${now} bytes long, but was ${then} at the checkpoint.",
            "Put the file back to its recorded length, as hpccr restart does for the job's files."),
        new("file-changed", @"File (?<path>.+) has bad (?<what>mode|build-ID|checksum)",
            "The file ${path} is not the one of the checkpoint: its ${what} differs.",
            "Put the same version of the file back, or restart on a node that has it."),
        new("port-in-use", @"Can't bind inet socket.*Address already in use",
            "A port of the job is taken on this node, by another process or by a connection in TIME_WAIT left over from the job.",
            "Destroy the leftovers (ss -K state time-wait; hpccr restart does it), or choose another node."),
        new("address-not-here", @"Can't (bind|connect) inet socket.*Cannot assign requested address",
            "A connection of the job cannot be put back: its address is not on this node, or what was left of it still is.",
            "Map the old node to the new one (--map), and destroy leftovers of the killed job first (ss -K; hpccr restart does both)."),
        new("pid-taken", @"Can't fork for (?<pid>\d+): File exists",
            "Pid ${pid}, which a task of the job has, is taken on this node; a zombie counts too.",
            "Wait until that process is gone and reaped, or restore into a fresh pid namespace."),
        new("terminal-missing", @"Don't have tty to inherit session from|ctty inheritance detected",
            "A task had a terminal that came from outside the tree, and there is none to take its place.",
            "Start the job without a terminal (output to files), or attach with one so that it is replaced."),
        new("file-missing", @"Can't open file (?<path>.+?)( on restore)?: (?<why>.+)",
            "The file ${path}, which the job had open or mapped, cannot be opened: ${why}.",
            "Put it back, mount its file system, or restart on a node that has it."),
        new("mount-target-missing", @"Can't mount at \S*?(?<path>/[^/]\S*): (?<why>.+)|Failed to open_tree (?<path>\S+): (?<why>.+)",
            "A mount of the sandbox cannot be put back at ${path}: ${why}.",
            "Make the folder or mount its file system on this node, or restart on a node that has it."),
        new("root-option", @"The --root option is required",
            "The tree has mounts of its own, and no root folder was named for them.",
            "Set Root to a private bind mount of /."),
        new("cpu", @"CPU .*(not supported|missing|incompatible)|xfeatures|xsave",
            "This node's processor lacks a feature that the job used.",
            "Restart on a node with the same processor features as at the checkpoint."),
    ];

    /// <summary>Whether a message is an error in name only.</summary>
    /// <param name="message">An error message of the engine.</param>
    /// <returns>True if it never is the cause of a failure.</returns>
    public static bool IsHarmless(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        // Root without CAP_SYS_RESOURCE: the engine would have liked more descriptors and goes on.
        return message.Contains("RLIMIT_NOFILE", StringComparison.Ordinal);
    }

    /// <summary>The meaning of an error.</summary>
    /// <param name="error">An error of the engine.</param>
    /// <returns>The failure and its cause in words; null if it is not known, or harmless.</returns>
    public static (KnownFailure Failure, string Cause)? Explain(CriuLogError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (IsHarmless(error.Message)) return null;
        foreach (var known in All)
        {
            if (known.CauseOf(error) is { } cause) return (known, cause);
        }

        return null;
    }
}
