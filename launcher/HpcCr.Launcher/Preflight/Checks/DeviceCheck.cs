using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Devices, open or mapped: the engine knows memory devices and terminals, and no driver's state (measured with CRIU 4.2.1).</summary>
internal sealed class DeviceCheck : IPreflightCheck
{
    private const uint Memory = 1;
    private const uint VirtualConsoles = 4;
    private const uint FirstSerialPort = 64;
    private const uint Terminals = 5;
    private const uint LastOfTerminals = 2; // tty, console, ptmx
    private const uint Miscellaneous = 10;
    private const uint Autofs = 235;
    private const uint FirstPseudoTerminal = 128;
    private const uint LastPseudoTerminal = 143;

    public string Name => "devices";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        target.Things.Where(t => t.Thing.Facts is { } facts && IsDevice(facts) && !CanBeDumped(facts)).DistinctBy(t => (t.Pid, t.Thing.Target))
            .Select(t => new PreflightFinding(t.Pid,
                t.Thing.Descriptor is null ? $"maps the memory of {t.Thing.Name}, which cannot be dumped" : $"holds {t.Thing.Name}, which cannot be dumped",
                RemedyFor(t.Thing.Name), IsWarning: target.DevicesOfPlugins.Any(device => t.Thing.Name.StartsWith(device, StringComparison.Ordinal))));

    /// <summary>Whether the engine can dump a device.</summary>
    internal static bool CanBeDumped(FileFacts device) => device.IsCharacterDevice && device switch
    {
        { Major: Memory } => true,
        { Major: VirtualConsoles, Minor: > 0 and < FirstSerialPort } => true,
        { Major: Terminals, Minor: <= LastOfTerminals } => true,
        { Major: Miscellaneous, Minor: Autofs } => true,
        { Major: >= FirstPseudoTerminal and <= LastPseudoTerminal } => true,
        _ => false,
    };

    /// <summary>What to do about a device.</summary>
    internal static string RemedyFor(string device) =>
        device.StartsWith("/dev/infiniband/", StringComparison.Ordinal) ? "Start the job with TCP and shared memory (UCX_TLS=tcp,self,sm, or OMPI_MCA_pml=ob1 and OMPI_MCA_btl=tcp,vader,self)."
        : device.StartsWith("/dev/nvidia", StringComparison.Ordinal) || device.StartsWith("/dev/kfd", StringComparison.Ordinal) || device.StartsWith("/dev/dri/", StringComparison.Ordinal)
            ? "Checkpoint while the program does not use the GPU, or start it without (CUDA_VISIBLE_DEVICES= )."
        : "Start the job without it, or checkpoint when it has been closed.";

    private static bool IsDevice(FileFacts facts) => facts.IsCharacterDevice || facts.IsBlockDevice;
}
