using System.ComponentModel;
using System.Diagnostics;

namespace HpcCr.Plugins.Gpu;

/// <summary>NVIDIA's program that brings a process's GPU memory into its own and closes its devices, and the other way round.</summary>
/// <param name="program">Where it is.</param>
internal sealed class CudaCheckpoint(string program)
{
    /// <summary>Takes the GPUs away, or gives them back.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it went well; else what it said.</returns>
    public async Task<string?> ToggleAsync(int pid, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--toggle", "--pid", $"{pid}"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = await process.StandardError.ReadToEndAsync(cancellationToken) + await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? null : $"exit code {process.ExitCode}, '{said.Trim()}'";
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }
}
