using System.Diagnostics;
using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>
/// Stops and lets go every task of the sandbox, and knows for how long it stood still. It stands still for an epoch, or because it is fenced
/// off, and runs only when neither holds it.
/// </summary>
/// <param name="cgroup">The sandbox's cgroup, absolute.</param>
internal sealed class SandboxFreezer(string cgroup)
{
    private readonly CgroupV2Freezer _freezer = new(cgroup);
    private readonly Lock _gate = new();
    private long _since;

    /// <summary>Whether an epoch has stopped the sandbox.</summary>
    public bool IsHeld => _since != 0;

    /// <summary>Whether its time to run is over.</summary>
    public bool IsFenced { get; private set; }

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

    /// <summary>Its time to run is over: it stands still until <see cref="Unfence"/>, whatever becomes of an epoch.</summary>
    /// <param name="atOnce">False while an engine has the tasks in its hands: they do not run then, and stand still when it lets them go.</param>
    public void Fence(bool atOnce)
    {
        lock (_gate)
        {
            IsFenced = true;
            if (atOnce)
                _freezer.RequestFreeze();
        }
    }

    /// <summary>It may run again, unless an epoch holds it.</summary>
    public void Unfence()
    {
        lock (_gate)
        {
            IsFenced = false;
            if (!IsHeld)
                _freezer.Thaw();
        }
    }

    /// <summary>The epoch lets it go.</summary>
    /// <returns>How long it stood still, in milliseconds; 0 when it did not.</returns>
    public double Thaw()
    {
        if (!IsHeld)
            return 0;
        lock (_gate)
        {
            // The engine may have thawed it.
            if (IsFenced)
                _freezer.RequestFreeze();
            else
                _freezer.Thaw();
            var pause = Stopwatch.GetElapsedTime(_since).TotalMilliseconds;
            _since = 0;
            return pause;
        }
    }

    /// <summary>There is nothing left to let go.</summary>
    public void Forget() => (_since, IsFenced) = (0, false);
}
