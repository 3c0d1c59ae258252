using HpcCr.Core;
using HpcCr.Hosting;

namespace HpcCr.Launcher;

/// <summary>The launcher as a program.</summary>
internal static class LauncherProgram
{
    public static async Task<int> RunAsync(LauncherArguments arguments)
    {
        using var lifetime = new DaemonLifetime();
        try
        {
            using var logs = DaemonLog.Open(arguments.Log);
            await new LauncherHost(arguments.ToOptions(), logs.CreateLogger("launcher")).RunAsync(lifetime.Stopping);
            return ExitCodes.Done;
        }
        catch (HpcCrException e)
        {
            Console.Error.WriteLine($"hpccr-launcher: {e.Sentence}");
            return ExitCodes.Of(e.Kind);
        }
    }
}
