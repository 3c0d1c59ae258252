using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Every node has voted yes: the engine lets go; then, unless the job is to end, unlock and thaw.</summary>
internal static class ResumePhase
{
    public static async Task<Reply> RunAsync(LocalJob job, bool keepStopped, CancellationToken cancellationToken)
    {
        var reply = await job.AskAsync(new GuardRequest { Finish = new FinishEngine { Thaw = !keepStopped } }, cancellationToken);
        job.Epoch!.IsKeptStopped = keepStopped;
        if (!keepStopped)
        {
            job.Epoch!.PauseMilliseconds = reply.Milliseconds;
            await job.Plugins.AskAsync(PluginEvents.Resumed, cancellationToken);
        }

        return new Reply { Resumed = new Resumed { PauseMs = keepStopped ? 0 : reply.Milliseconds } };
    }
}
