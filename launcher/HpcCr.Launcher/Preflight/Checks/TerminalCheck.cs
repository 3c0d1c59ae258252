using System.Globalization;

namespace HpcCr.Launcher;

/// <summary>Terminals that were opened for writing alone: the engine reads from the first descriptor that it meets, and fails (measured with CRIU 4.2.1).</summary>
internal sealed class TerminalCheck : IPreflightCheck
{
    private const int AccessMode = 3;
    private const int WriteOnly = 1;

    public string Name => "terminals";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        var masters = target.Things.Select(t => t.Thing.Descriptor?.TerminalMaster()).OfType<int>()
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{number}")).ToHashSet();
        return target.Things.Where(t => t.Thing.Descriptor is not null && masters.Contains(t.Thing.Target))
            .GroupBy(t => t.Thing.Target)
            .Where(slaves => slaves.All(slave => (slave.Thing.Descriptor!.OpenFlags() & AccessMode) == WriteOnly))
            .Select(slaves => slaves.First())
            .Select(slave => new PreflightFinding(slave.Pid,
                $"has the terminal {slave.Thing.Target} open for writing alone (descriptor {slave.Thing.Descriptor!.Number}), which cannot be dumped",
                "Have the program open its terminal for reading as well."));
    }
}
