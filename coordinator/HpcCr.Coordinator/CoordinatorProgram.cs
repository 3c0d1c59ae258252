using System.Runtime.InteropServices;
using HpcCr.Core;
using HpcCr.Hosting;

namespace HpcCr.Coordinator;

/// <summary>The coordinator as a program.</summary>
internal static class CoordinatorProgram
{
    public static async Task<int> RunAsync(CoordinatorArguments arguments)
    {
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        // A daemon has no terminal; whatever hangs up is not meant for it.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            using var logs = DaemonLog.Open(arguments.Log);
            await new CoordinatorHost(arguments.ToOptions(), logs).RunAsync(stop.Token);
            return ExitCodes.Done;
        }
        catch (HpcCrException e)
        {
            Console.Error.WriteLine($"hpccr-coordinator: {e.Sentence}");
            return ExitCodes.Of(e.Kind);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
