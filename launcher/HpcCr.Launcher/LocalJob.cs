using HpcCr.Core;
using HpcCr.Hosting;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>A job of which this node holds a sandbox, or is about to.</summary>
internal sealed class LocalJob : IAsyncDisposable
{
    private readonly SemaphoreSlim _steps = new(1, 1);
    private CancellationTokenSource _step = new();
    private object? _orphan;
    private bool _cannotBeFenced;

    public LocalJob(JobSpec spec, string sandbox, LauncherOptions options, JobCgroup cgroup, GuardClient guard, PluginQuestions questions, ILogger log)
    {
        Spec = spec;
        Sandbox = sandbox;
        Options = options;
        Cgroup = cgroup;
        Guard = guard;
        Questions = questions;
        Log = log;
        Layout = options.Run.Sandbox(Key);
    }

    public JobSpec Spec { get; }

    /// <summary>Which of the job's sandboxes it is.</summary>
    public string Sandbox { get; }

    /// <summary>What its folder, cgroup and packet lock here are called.</summary>
    public string Key => Spec.KeyOf(Sandbox);

    public LauncherOptions Options { get; }

    public SandboxLayout Layout { get; }

    public JobCgroup Cgroup { get; }

    public GuardClient Guard { get; }

    public ILogger Log { get; }

    /// <summary>The epoch under way on this node, if any.</summary>
    public EpochWork? Epoch { get; set; }

    /// <summary>By path, what the last epoch that was sealed here has stored of files of the job.</summary>
    public IReadOnlyDictionary<string, KeptContents> Kept { get; set; } = new Dictionary<string, KeptContents>();

    /// <summary>The restore under way on this node, if any.</summary>
    public RestoreWork? Restoring { get; set; }

    /// <summary>Whether the coordinator that is connected has said that this part belongs here.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Its plugins in the epoch or restart under way.</summary>
    public PluginSet Plugins { get; set; } = PluginSet.None;

    /// <summary>What its plugins ask of themselves on other nodes.</summary>
    public PluginQuestions Questions { get; }

    /// <summary>Whether the job's command runs in this sandbox.</summary>
    public bool IsHead => Spec.Head == Sandbox;

    /// <summary>The store, as the job's user sees it.</summary>
    public StoreAccess Store => new(Spec, Options.Run.Faults);

    /// <summary>The packet-rule table of this job on this node.</summary>
    public string LockTable => PacketLock.TableOf(Key);

    /// <summary>The entries of processes into the sandbox.</summary>
    public SandboxEntries Entries => new(Spec, Sandbox, Layout, Cgroup.Path, BatchCgroups, Options);

    /// <summary>Where the batch system keeps the processes of the allocation.</summary>
    public IReadOnlyList<string> BatchCgroups => StepCgroups.Of(Spec);

    /// <summary>The epoch of the step under way; 0: of none.</summary>
    public uint EpochOfStep { get; private set; }

    /// <summary>Runs one step after the one before it; <paramref name="interrupt"/> ends the one under way first.</summary>
    public async Task<T> StepAsync<T>(bool interrupt, Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken, uint epoch = 0)
    {
        if (interrupt)
            await _step.CancelAsync();
        await _steps.WaitAsync(cancellationToken);
        try
        {
            EpochOfStep = epoch;
            // The place in the queue is taken on the caller's thread, in the order in which commands came; the work is not done there.
            await Task.Yield();
            if (_step.IsCancellationRequested)
            {
                _step.Dispose();
                _step = new CancellationTokenSource();
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(_step.Token, cancellationToken);
            return await step(either.Token);
        }
        finally
        {
            EpochOfStep = 0;
            _steps.Release();
        }
    }

    /// <summary>Asks the guard; a plain wrapper that reads well in the phases.</summary>
    public Task<GuardReply> AskAsync(GuardRequest request, CancellationToken cancellationToken) => Guard.AskAsync(request, cancellationToken);

    /// <summary>
    /// A coordinator has connected: it knows nothing of what began before, so nobody will ever end that. Its lease is prolonged
    /// no more, and the guard lets the job go.
    /// </summary>
    public void Orphan() => _orphan = Held;

    /// <summary>Prolongs the lease of what is held; called at every word of the coordinator.</summary>
    public void RenewLease()
    {
        if (!ReferenceEquals(Held, _orphan) && (Epoch?.LeaseMs ?? Restoring?.LeaseMs) is { } lease)
            _ = RenewAsync(new GuardRequest { RenewLease = new RenewLease { LeaseMs = lease } }).Watched(Log, $"{Spec.Name}: the lease was not renewed");
    }

    /// <summary>Passes on how long the sandbox may run; a guard of a version that cannot freeze by itself is asked once.</summary>
    public async Task KeepRunningAsync(ulong until)
    {
        if (!IsConfirmed || _cannotBeFenced)
            return;
        try
        {
            await Guard.AskAsync(new GuardRequest { KeepRunning = new KeepRunning { UntilMs = until } }, CancellationToken.None);
        }
        catch (HpcCrException e)
        {
            _cannotBeFenced = e.Message.Contains("does not know the request", StringComparison.Ordinal);
            Log.LogWarning("{Job}: its guard was not told how long it may run: {Why}", Spec.Name, e.Message);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Guard.DisposeAsync();

    private object? Held => (object?)Epoch ?? Restoring;

    private async Task RenewAsync(GuardRequest request)
    {
        try
        {
            await Guard.AskAsync(request, CancellationToken.None);
        }
        catch (HpcCrException e)
        {
            Log.LogWarning("{Job}: the lease was not renewed: {Why}", Spec.Name, e.Message);
        }
    }
}
