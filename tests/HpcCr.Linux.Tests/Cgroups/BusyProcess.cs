using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Cgroups;

/// <summary>A shell that appends a byte to a file without end: its progress can be seen from outside.</summary>
internal sealed class BusyProcess : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ChildProcess _child;

    public BusyProcess() => _child = Shell.StartInto(_folder["progress"], ["/bin/sh", "-c", "while :; do echo; done"]);

    public int Pid => _child.Pid;

    public Task<ExitStatus> Exited => _child.Exited;

    public long Progress => new FileInfo(_folder["progress"]).Length;

    /// <summary>Waits until it has done something more.</summary>
    public async Task GoesOnAsync()
    {
        long before = Progress;
        await Shell.UntilAsync(() => Progress > before, $"progress of pid {Pid}");
    }

    /// <summary>Checks that it does nothing while another, that started with it, does a lot.</summary>
    public async Task StandsStillAsync(BusyProcess clock)
    {
        long before = Progress;
        long until = clock.Progress + 20_000;
        await Shell.UntilAsync(() => clock.Progress > until, "the clock");
        Assert.Equal(before, Progress);
    }

    public async ValueTask DisposeAsync()
    {
        _child.Kill(Signals.Kill);
        await Exited;
        _child.Dispose();
        _folder.Dispose();
    }
}
