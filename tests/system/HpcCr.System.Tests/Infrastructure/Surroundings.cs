using System.Diagnostics;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Whether system tests can run here at all.</summary>
internal static class Surroundings
{
    /// <summary>What stands in the way, or null.</summary>
    public static async Task<string?> ObstacleAsync()
    {
        if (!Environment.IsPrivilegedProcess) return "system tests need root";
        if (!File.Exists(Deployment.Hpccr)) return $"{Deployment.Hpccr} is not there: run build.sh, or set HPCCR_BIN";
        if (!File.Exists(TestPrograms.Fill)) return $"{TestPrograms.Fill} is not there: run make -C tests/programs, or set HPCCR_TEST_PROGRAMS";
        var start = new ProcessStartInfo(Deployment.Hpccr, ["doctor"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var doctor = Process.Start(start)!;
        var said = await Task.WhenAll(doctor.StandardOutput.ReadToEndAsync(), doctor.StandardError.ReadToEndAsync());
        await doctor.WaitForExitAsync();
        return doctor.ExitCode == 0 ? null : $"hpccr doctor says that this machine cannot checkpoint: {string.Concat(said)}";
    }
}
