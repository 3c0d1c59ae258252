namespace HpcCr.Launcher;

/// <summary>Threads that a debugger or tracer holds: there can be only one, and the engine needs to be it.</summary>
internal sealed class TracerCheck : IPreflightCheck
{
    public string Name => "tracers";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        target.Processes.SelectMany(process => process.Threads.Where(thread => thread.Tracer != 0).Select(thread => (process.Pid, thread.Tracer))).Distinct()
            .Select(traced => new PreflightFinding(traced.Pid, $"is traced by {ProcessNames.Of(traced.Tracer)}, and so cannot be dumped",
                "Detach or end the debugger or tracer (gdb, strace, a profiler)."));
}
