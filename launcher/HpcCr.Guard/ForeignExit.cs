using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>The exit code of a process that is nobody's child here. Its parent reaps it; the kernel may still tell.</summary>
internal static class ForeignExit
{
    /// <summary>What stands for a code that nobody told: kernels before 6.15 forget it with the process.</summary>
    public const int Unknown = 125;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits for its end.</summary>
    /// <returns>The code as a shell tells it, or <see cref="Unknown"/>.</returns>
    public static async Task<int> OfAsync(PidFd process)
    {
        await process.WaitExitedAsync();
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Step)
        {
            if ((process.ReapedStatus() ?? ProcFs.ZombieStatus(process.Pid)) is { } status)
                return status.ShellCode;
            await Task.Delay(Step);
        }

        GuardLog.Write($"nobody tells with which code process {process.Pid} ended");
        return Unknown;
    }
}
