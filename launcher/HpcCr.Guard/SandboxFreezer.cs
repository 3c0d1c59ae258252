using System.Diagnostics;
using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>Stops and lets go every task of the sandbox, and knows for how long it stood still.</summary>
/// <param name="cgroup">The sandbox's cgroup, absolute.</param>
internal sealed class SandboxFreezer(string cgroup)
{
    private readonly CgroupV2Freezer _freezer = new(cgroup);
    private long _since;

    /// <summary>Whether we have stopped the sandbox.</summary>
    public bool IsHeld => _since != 0;

    /// <summary>Stops it and waits until every task stands.</summary>
    /// <param name="rootPid">The sandbox's root.</param>
    /// <param name="deadline">How long that may take.</param>
    /// <exception cref="GuardException">Somebody else has frozen it, or something above it.</exception>
    public async Task FreezeAsync(int rootPid, TimeSpan deadline)
    {
        if ((_freezer.FrozenAncestor() ?? FrozenByVersionOne(rootPid)) is { } ancestor)
        {
            throw new GuardException($"somebody else has frozen {ancestor}, so the job stands still already",
                "Thaw that cgroup first.")
            {
                Unsupported = true,
            };
        }

        _since = Stopwatch.GetTimestamp();
        await _freezer.FreezeAsync(deadline, CancellationToken.None);
    }

    /// <summary>One write, for the very next instruction after a kill.</summary>
    public void RequestFreeze() => _freezer.RequestFreeze();

    /// <summary>Lets it go.</summary>
    /// <returns>How long it stood still, in milliseconds; 0 when it did not.</returns>
    public double Thaw()
    {
        if (!IsHeld)
            return 0;
        _freezer.Thaw();
        var pause = Stopwatch.GetElapsedTime(_since).TotalMilliseconds;
        _since = 0;
        return pause;
    }

    /// <summary>There is nothing left to let go.</summary>
    public void Forget() => _since = 0;

    // On hybrid hosts somebody may use the other hierarchy; a task that it has frozen never reports to ours.
    private static string? FrozenByVersionOne(int rootPid)
    {
        // The root of that hierarchy cannot be frozen, and has no file that would say so.
        if (CgroupHost.Detect().V1FreezerPathOf(rootPid) is not { } path || !File.Exists(Path.Combine(path, "freezer.state")))
            return null;
        using var freezer = new CgroupV1Freezer(path);
        return freezer.IsFrozen ? path : freezer.FrozenAncestor();
    }
}
