using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

// How a sandbox that nobody has heard of for too long is kept from running on beside a second copy of its job (docs/adr/0020).
internal sealed partial class Guard
{
    private readonly Lock _fencing = new();

    private bool IsFenced => _freezer is { IsFenced: true };

    /// <summary>The sandbox may run until then; see <see cref="RunLease.Set"/>.</summary>
    public void KeepRunning(long until)
    {
        _run.Set(until);
        ApplyRunLease();
    }

    /// <summary>Freezes the sandbox when its time to run is over, and lets it go when it has got more. Called whenever that may have changed.</summary>
    public void ApplyRunLease()
    {
        lock (_fencing)
        {
            if (_freezer is { } freezer && _sandbox.State == GuardStatus.Types.State.Running)
                ApplyRunLease(freezer);
        }
    }

    private void ApplyRunLease(SandboxFreezer freezer)
    {
        if (_run.IsOver)
        {
            if (!freezer.IsFenced)
                GuardLog.Write("no word from the coordinator for too long: the sandbox is frozen until there is one");
            freezer.Fence(atOnce: _engine is not { IsAtWork: true });
        }
        else if (freezer.IsFenced)
        {
            GuardLog.Write("there is a word from the coordinator again: the sandbox goes on");
            freezer.Unfence();
        }
    }

    /// <summary>A step that waits for a process of a sandbox that stands still ends: the sandbox is about to be killed.</summary>
    public void BreakFenced()
    {
        if (IsFenced)
            _sandbox.KillProcesses();
    }

    // The word to begin may have lain somewhere while the coordinator gave this node up.
    private void RequireTime()
    {
        if (_run.IsOver)
            throw new GuardException("there was no word from the coordinator for too long, so nothing may run here", "It is tried again when the node is connected.");
    }

    private async Task RequireTimeAsync()
    {
        if (_run.IsOver)
            await KillAsync();
        RequireTime();
    }
}
