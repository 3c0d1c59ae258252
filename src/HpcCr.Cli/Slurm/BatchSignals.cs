using System.Runtime.InteropServices;
using System.Threading.Channels;
using HpcCr.Linux;

namespace HpcCr.Cli.Slurm;

/// <summary>
/// What Slurm sends to a batch script. SIGUSR1 (<c>--signal=B:USR1@N</c>) comes ahead of the end: before the time limit, and at a preemption
/// where the site has set <c>preempt_send_user_signal</c>. SIGTERM is the end itself: scancel, requeue, the limit; SIGKILL follows.
/// </summary>
internal sealed class BatchSignals : IDisposable
{
    // .NET takes numbers of the system as they are.
    private const PosixSignal User1 = (PosixSignal)Signals.User1;
    private readonly Channel<StopReason> _arrived = Channel.CreateUnbounded<StopReason>();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Begins to take them.</summary>
    public BatchSignals()
    {
        Take(User1, new StopReason("Slurm sent SIGUSR1"));
        Take(PosixSignal.SIGTERM, new StopReason("Slurm sent SIGTERM", AtOnce: true));
        Take(PosixSignal.SIGINT, new StopReason("it was interrupted", AtOnce: true));
    }

    /// <summary>The signals, in their order.</summary>
    public ChannelReader<StopReason> Arrived => _arrived.Reader;

    /// <summary>Something that is not a signal asks for the same.</summary>
    public void Tell(StopReason reason) => _arrived.Writer.TryWrite(reason);

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Take(PosixSignal signal, StopReason reason) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Tell(reason);
    }));
}
