namespace HpcCr.Launcher;

/// <summary>Descriptors and mappings that stand for something inside the kernel: io_uring, profilers, BPF, and the like.</summary>
internal sealed class KernelObjectCheck : IPreflightCheck
{
    private const string Prefix = "anon_inode:";
    private const string Secret = "/secretmem";

    // What CRIU 4.2.1 dumps and restores (measured).
    private static readonly HashSet<string> Known = ["eventfd", "eventpoll", "inotify", "fanotify", "signalfd", "timerfd", "pidfd"];

    public string Name => "kernel objects";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        from thing in target.Things
        let kind = KindOf(thing.Thing.Target)
        where kind is not null && !Known.Contains(kind)
        group thing by (thing.Pid, kind) into found
        select new PreflightFinding(found.Key.Pid,
            found.FirstOrDefault(t => t.Thing.Descriptor is not null).Thing?.Descriptor is { } descriptor
                ? $"holds {found.Key.kind} (descriptor {descriptor.Number}), which cannot be dumped" : $"maps {found.Key.kind}, which cannot be dumped",
            RemedyFor(found.Key.kind));

    /// <summary>The kind of thing that a name in /proc stands for: <c>io_uring</c>; null for what has a place in a file system.</summary>
    internal static string? KindOf(string target) =>
        target.StartsWith(Prefix, StringComparison.Ordinal) ? target[Prefix.Length..].Trim('[', ']')
        : target.StartsWith(Secret, StringComparison.Ordinal) ? "secret memory"
        : null;

    private static string RemedyFor(string kind) => kind switch
    {
        "io_uring" => "Have the program or its library use plain I/O (for libuv: UV_USE_IO_URING=0).",
        "perf_event" => "End the profiler, or start the job without it.",
        "userfaultfd" => "Start the program without it; QEMU and some garbage collectors have an option for it.",
        _ => "Start the program without it, or checkpoint when it has been closed.",
    };
}
