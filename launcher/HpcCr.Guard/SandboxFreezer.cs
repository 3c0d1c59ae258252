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
        if (FrozenCgroup.Above(cgroup, rootPid) is { } ancestor)
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

    /// <summary>Waits until every task stands that had been told to; tasks that come in are told so too.</summary>
    /// <param name="deadline">How long that may take.</param>
    public Task SettleAsync(TimeSpan deadline) => _freezer.FreezeAsync(deadline, CancellationToken.None);

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
}
