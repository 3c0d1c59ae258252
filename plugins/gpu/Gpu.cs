using System.Text.Json;

namespace HpcCr.Plugins.Gpu;

/// <summary>
/// Takes NVIDIA's GPUs away from the job for an epoch and gives them back (cuda-checkpoint), and leaves AMD's to the engine's own plugin where
/// that is installed; where neither can be done, no epoch is made.
/// </summary>
public sealed class Gpu : ICheckpointPlugin
{
    private const string Nvidia = "/dev/nvidia";
    private static readonly string[] Amd = ["/dev/kfd", "/dev/dri/"];
    private List<int> _suspended = [];

    /// <inheritdoc/>
    public async Task<QuiesceAnswer> QuiesceAsync(IPluginAttempt attempt, QuiesceEvent quiesce, CancellationToken cancellationToken)
    {
        var amd = quiesce.Pids.Where(pid => Amd.Any(device => GpuProcess.DeviceOf(pid, device) is not null)).ToList();
        if (amd.Count > 0 && !File.Exists(Setting(attempt, "amdgpuPlugin", "/usr/lib/criu/amdgpu_plugin.so")))
        {
            throw new PluginVetoException($"{GpuProcess.NameOf(amd[0])} uses an AMD GPU, and CRIU's amdgpu plugin is not installed on {attempt.Node}",
                "Install amdgpu_plugin.so of the same CRIU in /usr/lib/criu, or checkpoint while the program does not use the GPU.");
        }

        var cuda = new CudaCheckpoint(Setting(attempt, "cudaCheckpoint", "cuda-checkpoint"));
        foreach (var pid in quiesce.Pids.Where(pid => GpuProcess.DeviceOf(pid, Nvidia) is not null))
        {
            if (await cuda.ToggleAsync(pid, cancellationToken) is { } why)
            {
                await ResumeAsync(attempt, cancellationToken);
                throw new PluginVetoException($"{GpuProcess.NameOf(pid)} uses {GpuProcess.DeviceOf(pid, Nvidia) ?? "a GPU"}, which cuda-checkpoint could not take away on {attempt.Node}: {why}",
                    "Install NVIDIA's cuda-checkpoint (driver 550 or newer), or checkpoint while the program does not use the GPU.");
            }

            _suspended.Add(pid);
        }

        if (_suspended.Count > 0)
            attempt.Log($"{_suspended.Count} processes wait without their GPUs");
        return new QuiesceAnswer { EngineDevices = amd.Count > 0 ? Amd : [] };
    }

    /// <inheritdoc/>
    public Task<PreDumpAnswer> PreDumpAsync(IPluginAttempt attempt, PreDumpEvent preDump, CancellationToken cancellationToken) =>
        // A restart gives processes other numbers on the node, and the same in their sandbox.
        Task.FromResult(new PreDumpAnswer { State = _suspended.Count > 0 ? JsonSerializer.Serialize(_suspended.Select(GpuProcess.InnerOf)) : null });

    /// <inheritdoc/>
    public Task ResumedAsync(IPluginAttempt attempt, CancellationToken cancellationToken) => ResumeAsync(attempt, cancellationToken);

    /// <inheritdoc/>
    public Task AbortedAsync(IPluginAttempt attempt, CancellationToken cancellationToken) => ResumeAsync(attempt, cancellationToken);

    /// <inheritdoc/>
    public Task RestoredAsync(IPluginAttempt attempt, RestoredEvent restored, CancellationToken cancellationToken)
    {
        var inner = JsonSerializer.Deserialize<List<int>>(restored.State ?? "[]")!;
        _suspended = [.. restored.Pids.Where(pid => inner.Contains(GpuProcess.InnerOf(pid)))];
        return ResumeAsync(attempt, cancellationToken);
    }

    private async Task ResumeAsync(IPluginAttempt attempt, CancellationToken cancellationToken)
    {
        var cuda = new CudaCheckpoint(Setting(attempt, "cudaCheckpoint", "cuda-checkpoint"));
        foreach (var pid in _suspended)
            if (await cuda.ToggleAsync(pid, cancellationToken) is { } why)
                attempt.Log($"{GpuProcess.NameOf(pid)} did not get its GPU back: {why}");
        _suspended = [];
    }

    private static string Setting(IPluginAttempt attempt, string name, string usual) =>
        attempt.Config.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } set ? set : usual;
}
