using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>This node's machine, as epochs remember it.</summary>
internal static class Machine
{
    public static MachineRecord Here { get; } = new(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), Processor.Flags(), Processor.XsaveBytes());
}
