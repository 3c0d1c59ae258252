using System.Net;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The ports that the job listens at are free.</summary>
internal sealed class PortCheck : IRestoreCheck
{
    public string Name => "ports";

    public RestoreFinding Look(RestoreTarget target)
    {
        var taken = SockDiag.ListTcp().Where(s => s.State == TcpState.Listen).Select(s => s.Local.Port).ToHashSet();
        var needed = target.Sockets.Listeners.Select(l => IPEndPoint.Parse(l).Port).Distinct().ToList();
        return new RestoreFinding(needed.Count == 0 ? "none needed" : string.Join(", ", needed),
            [.. needed.Where(taken.Contains).Select(p => $"port {p} is taken by another program; `ss -ltnp sport = {p}` on that node shows which")]);
    }
}
