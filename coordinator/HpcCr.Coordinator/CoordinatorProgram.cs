using HpcCr.Core;
using HpcCr.Hosting;

namespace HpcCr.Coordinator;

/// <summary>The coordinator as a program.</summary>
internal static class CoordinatorProgram
{
    public static async Task<int> RunAsync(CoordinatorArguments arguments)
    {
        using var lifetime = new DaemonLifetime();
        try
        {
            using var logs = DaemonLog.Open(arguments.Log);
            await new CoordinatorHost(arguments.ToOptions(), logs).RunAsync(lifetime.Stopping);
            return ExitCodes.Done;
        }
        catch (HpcCrException e)
        {
            Console.Error.WriteLine($"hpccr-coordinator: {e.Sentence}");
            return ExitCodes.Of(e.Kind);
        }
    }
}
