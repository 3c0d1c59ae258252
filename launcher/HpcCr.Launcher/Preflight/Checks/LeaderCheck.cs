using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Processes whose main thread has ended while others go on (pthread_exit in main): the engine works through the main thread.
/// </summary>
internal sealed class LeaderCheck : IPreflightCheck
{
    private const char Ended = 'Z';

    public string Name => "main threads";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        from process in target.Processes
        where ProcFs.State(process.Pid) == Ended && process.Threads.Any(thread => thread.Number != process.Pid && IsAlive(thread.Number))
        select new PreflightFinding(process.Pid,
            "goes on with other threads after its main thread has ended (pthread_exit in main), which cannot be dumped",
            "Let the main thread wait for the others (pthread_join) instead of ending.");

    // Of a process that is just ending no thread lives on.
    private static bool IsAlive(int thread) => ProcFs.State(thread) is { } state && state is not (Ended or 'X');
}
