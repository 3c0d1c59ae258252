namespace HpcCr.Criu.Tests;

/// <summary>The table of failures. Those marked so were seen on real systems; EngineFailureTests makes more of them happen.</summary>
public sealed class KnownFailuresTests
{
    [Theory]
    [InlineData("sockets: Can't get 1:16 opt: Operation not supported", "socket-option-refused")] // CRIU 4.1.1 on 6.18
    [InlineData("vdso: Unexpected rt vDSO area bounds", "vdso")] // CRIU 3.17.1 on 6.18
    [InlineData("Can't lookup mount=24 for fd=10 path=/dev/null", "mount-of-descriptor")] // seen
    [InlineData("Task 7 with SysVIPC shmem map @7f00 doesn't live in IPC ns", "sysv-outside-ipc-namespace")] // made
    [InlineData("inet: In-flight connection (l) for 3f50d", "in-flight-connection")] // made
    [InlineData("inet: Can't bind inet socket (id 146): Address already in use", "port-in-use")] // made
    [InlineData("inet: Can't bind inet socket (id 3): Cannot assign requested address", "address-not-here")]
    [InlineData("Can't connect inet socket back: Cannot assign requested address", "address-not-here")] // seen
    [InlineData("Can't fork for 10: File exists", "pid-taken")] // made
    [InlineData("File tmp/out has bad size 446 (expect 332)", "bad-size")] // made
    [InlineData("tty: Don't have tty to inherit session from, aborting", "terminal-missing")] // seen
    [InlineData("The root process 9 is not a session leader. Consider using --shell-job option", "not-session-leader")] // made
    [InlineData("Can't dump file 5 of that type [600] (anon anon_inode:[perf_event])", "anonymous-file")]
    [InlineData("Can't dump file 5 of that type [20666] (chr 10:200)", "device")]
    [InlineData("Can't dump file 5 of that type [20666] (unknown /dev/infiniband/uverbs0)", "device")]
    [InlineData("Can't dump file 5 of that type [100644] (reg /sys/kernel/x)", "unsupported-file")]
    [InlineData("Can't handle non-regular mapping on 12's map 7f00", "device-mapping")]
    [InlineData("Can't create link remap for /tmp/x. Use --link-remap option.", "link-remap-off")]
    [InlineData("Can't link remap to /tmp/x: Operation not permitted", "link-remap-failed")]
    [InlineData("Can't dump ghost file /tmp/x of 2097152 size, increase limit", "ghost-too-large")] // made
    [InlineData("page-xfer: Unable to spice data: No space left on device", "no-space")] // made
    [InlineData("Can't get rlimit 7: Operation not permitted", "missing-capability")] // seen
    [InlineData("mnt: No mapping for 42:/scratch mountpoint", "external-mount")]
    [InlineData("mnt: Mount 42:/scratch is autodetected external mount. Try", "external-mount")]
    [InlineData("unix: Can't dump half of stream unix connection. name: (null); peer name: /run/x", "external-unix-stream")]
    [InlineData("unix: External socket is used. Consider using --ext-unix-sk option.", "external-unix")]
    [InlineData("Can't dump nested pid namespace for 12", "nested-namespace")] // made
    [InlineData("Unable to freeze cgroup /sys/fs/cgroup/x (100 x 100ms attempts, timeout: 10s)", "freezer-timeout")]
    public void Explain_OfAKnownText_NamesIt(string message, string rule)
    {
        var known = KnownFailures.Explain(Error(message));
        Assert.Equal(rule, known?.Failure.Name);
        Assert.DoesNotContain("${", known!.Value.Cause, StringComparison.Ordinal);
        Assert.EndsWith(".", known.Value.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_OfATracedTask_DependsOnTheWarningBefore()
    {
        var error = Error("Unable to detach from 12: No such process");
        Assert.Equal("task-gone", KnownFailures.Explain(error)?.Failure.Name);
        var traced = error with { Before = ["(00.03) Warn  (infect.c:132): Unable to interrupt task: 12 (Operation not permitted)"] };
        Assert.Equal("already-traced", KnownFailures.Explain(traced)?.Failure.Name);
    }

    [Fact]
    public void Explain_OfThePathThatTheEngineShortened_NamesTheWholePath() =>
        Assert.Contains("/tmp/out is now", KnownFailures.Explain(Error("File tmp/out has bad size 2 (expect 1)"))!.Value.Cause, StringComparison.Ordinal);

    [Fact]
    public void Explain_OfTheHarmlessLimit_IsNothing() =>
        Assert.Null(KnownFailures.Explain(Error("rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted")));

    [Fact]
    public void All_HaveNamesOfTheirOwnAndARemedyOfOneSentence()
    {
        Assert.Distinct(KnownFailures.All.Select(known => known.Name));
        Assert.All(KnownFailures.All, known => Assert.EndsWith(".", known.Remedy, StringComparison.Ordinal));
    }

    private static CriuLogError Error(string message) => new(message, message, null, []);
}
