using System.Runtime.InteropServices;
using System.Threading.Channels;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Output;
using HpcCr.Linux;

namespace HpcCr.Cli.Jobs;

/// <summary>Passes Ctrl-C and SIGTERM on to a job; the second Ctrl-C kills it.</summary>
internal sealed class SignalRelay : IDisposable
{
    private readonly Channel<int> _arrived = Channel.CreateUnbounded<int>();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _interrupts;

    /// <summary>Begins to take the signals; they wait until there is a job to pass them on to.</summary>
    public SignalRelay()
    {
        Take(PosixSignal.SIGINT, Signals.Interrupt);
        Take(PosixSignal.SIGTERM, Signals.Terminate);
        Take(PosixSignal.SIGHUP, Signals.Hangup);
    }

    /// <summary>Passes on what has come and what comes.</summary>
    /// <param name="session">The job's coordinator.</param>
    /// <param name="job">The job.</param>
    /// <param name="ended">Cancelled when the job has ended.</param>
    public async Task RunAsync(CoordinatorSession session, JobReference job, CancellationToken ended)
    {
        try
        {
            await foreach (var signal in _arrived.Reader.ReadAllAsync(ended)) await PassOnAsync(session, job, signal, ended);
        }
        catch (OperationCanceledException)
        {
            // The job has ended: there is nobody to tell.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private async Task PassOnAsync(CoordinatorSession session, JobReference job, int signal, CancellationToken ended)
    {
        try
        {
            if (signal == Signals.Interrupt && ++_interrupts > 1)
            {
                Terminal.Note($"killing job {job.Name}");
                await session.KillAsync(job, ended);
            }
            else
            {
                if (signal == Signals.Interrupt) Terminal.Note($"Ctrl-C is passed on to job {job.Name}; a second one kills it");
                await session.SignalAsync(job, signal, ended);
            }
        }
        catch (HpcCrException e) when (!ended.IsCancellationRequested)
        {
            Terminal.Note(e.Sentence);
        }
        catch (HpcCrException)
        {
            // The job ended in between.
        }
    }

    private void Take(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _arrived.Writer.TryWrite(number);
    }));
}
