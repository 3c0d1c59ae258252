using System.Globalization;

namespace HpcCr.Linux;

/// <summary>What the calling thread may do beyond an ordinary user.</summary>
public static class Capabilities
{
    /// <summary>Whether a capability is in effect (CapEff in /proc/thread-self/status).</summary>
    /// <param name="capability">Which.</param>
    /// <returns>True when it is.</returns>
    public static bool Has(Capability capability) =>
        ProcFs.StatusField("/proc/thread-self/status", "CapEff:") is { } hex
        && (ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (int)capability & 1) == 1;
}
