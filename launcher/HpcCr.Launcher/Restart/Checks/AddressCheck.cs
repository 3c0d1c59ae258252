using System.Net;
using System.Net.NetworkInformation;

namespace HpcCr.Launcher;

/// <summary>The addresses of the job's connections are here.</summary>
internal sealed class AddressCheck : IRestoreCheck
{
    public string Name => "addresses";

    public RestoreFinding Look(RestoreTarget target)
    {
        var here = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => Plain(a.Address)).ToHashSet();
        var needed = target.Sockets.Restored.Select(c => IPEndPoint.Parse(c.Ends.Local).Address).Distinct().Where(a => !IPAddress.IsLoopback(a)).Select(Plain).ToList();
        return new RestoreFinding(needed.Count == 0 ? "none needed" : string.Join(", ", needed),
            [.. needed.Where(a => !here.Contains(a)).Select(a => $"the address {a} is not here any more; restart its launcher, so that the coordinator hears of it")]);
    }

    private static string Plain(IPAddress address) => address.ToString().Split('%')[0];
}
