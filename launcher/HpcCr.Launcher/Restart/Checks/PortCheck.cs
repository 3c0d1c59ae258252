using System.Net;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The ports that the job listens at are free.</summary>
internal sealed class PortCheck : IRestoreCheck
{
    // Processes that have just been killed, the job's own among them, let go of theirs a moment later.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public string Name => "ports";

    public RestoreFinding Look(RestoreTarget target)
    {
        var needed = target.Sockets.Listeners.Select(l => IPEndPoint.Parse(l).Port).Distinct().ToList();
        HashSet<int> taken = [];
        SpinWait.SpinUntil(() => !needed.Any((taken = Taken()).Contains), Patience);
        return new RestoreFinding(needed.Count == 0 ? "none needed" : string.Join(", ", needed),
            [.. needed.Where(taken.Contains).Select(p => $"port {p} is taken by another program; `ss -ltnp sport = {p}` on that node shows which")]);
    }

    private static HashSet<int> Taken() => [.. SockDiag.ListTcp().Where(s => s.State == TcpState.Listen).Select(s => s.Local.Port)];
}
