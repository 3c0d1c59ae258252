using System.Runtime.InteropServices;
using HpcCr.Core;
using HpcCr.Hosting;

namespace HpcCr.Launcher;

/// <summary>The launcher as a program.</summary>
internal static class LauncherProgram
{
    public static async Task<int> RunAsync(LauncherArguments arguments)
    {
        using var stop = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        // A daemon has no terminal; whatever hangs up is not meant for it.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            using var logs = DaemonLog.Open(arguments.Log);
            await new LauncherHost(arguments.ToOptions(), logs.CreateLogger("launcher")).RunAsync(stop.Token);
            return ExitCodes.Done;
        }
        catch (HpcCrException e)
        {
            Console.Error.WriteLine($"hpccr-launcher: {e.Sentence}");
            return ExitCodes.Of(e.Kind);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
