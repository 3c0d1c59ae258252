using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using HpcCr.Criu;

namespace HpcCr.Launcher;

/// <summary>What this node is: its addresses and its engine.</summary>
/// <param name="Addresses">All unicast addresses but loopback.</param>
/// <param name="Engine">Name and version of the engine, or why there is none.</param>
/// <param name="EngineFault">Why nothing can be dumped or restored here; null when it can.</param>
/// <param name="Engines">How to start the engine.</param>
internal sealed record NodeFacts(IReadOnlyList<string> Addresses, string Engine, string? EngineFault, EngineCommands Engines)
{
    public static async Task<NodeFacts> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await CriuInstallation.FindAsync(cancellationToken: cancellationToken);
            await KernelFeatureCache.EnsureAsync(found.Path, cancellationToken: cancellationToken);
            return new NodeFacts(FindAddresses(), $"criu {found.Version}", null, new EngineCommands(found.Path));
        }
        catch (EngineNotFoundException e)
        {
            return new NodeFacts(FindAddresses(), e.Message, e.Message, new EngineCommands("criu"));
        }
    }

    private static List<string> FindAddresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            .Select(a => new IPAddress(a.GetAddressBytes()).ToString())];
}
