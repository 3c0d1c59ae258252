namespace HpcCr.Launcher;

/// <summary>What becomes of connections to programs outside the job. Whether their peers answer shows only when they are called.</summary>
internal sealed class OutsideCheck : IRestoreCheck
{
    public string Name => "outside";

    public RestoreFinding Look(RestoreTarget target)
    {
        var said = target.Sockets.Reconnected.GroupBy(c => c.ReconnectedBy).Select(group => $"{group.Count()} opened anew by {group.Key}").ToList();
        if (target.Sockets.Ended is > 0 and var ended)
            said.Add($"{ended} closed");
        if (target.Sockets.Restored.Count(c => !c.Record.InJob) is > 0 and var kept)
            said.Add($"{kept} as they were");
        return new RestoreFinding(said.Count == 0 ? "no connections" : string.Join(", ", said), []);
    }
}
