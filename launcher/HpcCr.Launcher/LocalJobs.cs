using System.Collections.Concurrent;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Extensions.Logging;
using SandboxState = HpcCr.Protocol.V1.Local.GuardStatus.Types.State;

namespace HpcCr.Launcher;

/// <summary>The jobs of which this node holds a sandbox: made, found again after a restart of the launcher, removed.</summary>
/// <param name="options">The launcher's options.</param>
/// <param name="log">The launcher's log.</param>
internal sealed class LocalJobs(LauncherOptions options, ILogger log)
{
    private static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan GuardDeadline = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<(JobId Job, string Sandbox), LocalJob> _jobs = new();
    private readonly Admissions _admissions = new(options, SlurmQueue.UserOnAsync);

    /// <summary>Raised when the sandbox's root ended by itself, with its exit code.</summary>
    public event Action<LocalJob, int>? Ended;

    /// <summary>Raised when a sandbox is lost, with the reason.</summary>
    public event Action<LocalJob, string>? Lost;

    /// <summary>All of them.</summary>
    public IEnumerable<LocalJob> All => _jobs.Values;

    /// <summary>Until when they may run.</summary>
    public RunTime RunTime { get; } = new();

    /// <summary>What their plugins ask of themselves on other nodes.</summary>
    public PluginQuestions Questions { get; } = new();

    private string CgroupPrefix => CgroupOf(options);

    /// <summary>The cgroup of a plugin, beside that of its job; no job is called so.</summary>
    public static string PluginCgroupOf(LocalJob job, string plugin) => $"{CgroupOf(job.Options)}/plugin~{job.Key}~{plugin}";

    private static string CgroupOf(LauncherOptions options) => $"hpccr/{options.Node}{options.Run.Tag}";

    /// <summary>A sandbox of a job, or null.</summary>
    public LocalJob? Find(JobId job, string sandbox) => _jobs.GetValueOrDefault((job, sandbox));

    /// <summary>The job whose sandbox holds the process, or null.</summary>
    public LocalJob? OfProcess(int pid) =>
        CgroupHost.Detect().PathOf(pid) is { } path
            ? _jobs.Values.FirstOrDefault(j => path == j.Cgroup.Path || path.StartsWith(j.Cgroup.Path + "/", StringComparison.Ordinal))
            : null;

    /// <summary>Makes folder, cgroup and guard for a job; the sandbox itself is started or restored next.</summary>
    /// <exception cref="HpcCrException">The job is here already, or not admitted.</exception>
    public async Task<LocalJob> CreateAsync(JobSpec spec, string sandbox)
    {
        await _admissions.RequireAsync(spec);
        _ = new PluginFolders(options.Plugins).OfJob(spec);
        var key = spec.KeyOf(sandbox);
        var layout = options.Run.Sandbox(key);
        if (Find(spec.Id, sandbox) is { } older && older.Spec.Incarnation < spec.Incarnation)
            await EndStaleAsync(older);
        if (_jobs.ContainsKey((spec.Id, sandbox)) || Directory.Exists(layout.Root))
        {
            // Jobs that earlier versions have started are called by their name alone.
            throw _jobs.Values.Any(other => other.Key == key && other.Spec.Id != spec.Id)
                ? new HpcCrException(FailureKind.Failed, $"another user's job {spec.Name} is on {options.Node}, and both were started by a version for which names were unique",
                    "Restart it on other nodes with --nodes, or here once that job has ended.")
                : new HpcCrException(FailureKind.Failed, $"job {spec.Name} has a sandbox on {options.Node} already", $"`hpccr kill {spec.Name}` ends it.");
        }

        JobCgroup? cgroup = null;
        GuardClient? guard = null;
        try
        {
            SandboxFolders.Create(spec, layout);
            cgroup = JobCgroup.Create($"{CgroupPrefix}/{key}");
            guard = await GuardClient.StartAsync(layout, log);
            var job = Register(new LocalJob(spec, sandbox, options, cgroup, guard, Questions, log) { IsConfirmed = true });
            await job.KeepRunningAsync(RunTime.Until);
            return job;
        }
        catch
        {
            if (guard is not null)
                await guard.DisposeAsync();
            cgroup?.Remove();
            SandboxFolders.Remove(layout);
            throw;
        }
    }

    /// <summary>Finds the guards that outlived an earlier launcher, and sweeps what nobody owns.</summary>
    public async Task AdoptAsync()
    {
        SandboxFolders.MakePrivate(options.Run.Jobs);
        foreach (var folder in Directory.EnumerateDirectories(options.Run.Jobs))
        {
            var layout = new SandboxLayout(folder);
            var key = Path.GetFileName(folder);
            var spec = SandboxFolders.ReadSpec(layout);
            var sandbox = spec?.Places.FirstOrDefault(p => p.Node == options.Node && spec.KeyOf(p.Sandbox) == key).Sandbox;
            var guard = sandbox is null ? null : await GuardClient.TryConnectAsync(layout, log);
            if (spec is null || sandbox is null || guard is null)
            {
                SweepDead(key, layout);
                continue;
            }

            var job = Register(new LocalJob(spec, sandbox, options, JobCgroup.Create($"{CgroupPrefix}/{key}"), guard, Questions, log));
            var status = (await job.AskAsync(new GuardRequest { Status = new GetStatus() }, CancellationToken.None)).Status;
            log.LogInformation("{Job}: found its guard again, {State}", spec.Name, status.State);
            if (status.State is SandboxState.Running or SandboxState.Ended && _admissions.Allow(spec))
            {
                // What an epoch under way has in the store is left alone: other nodes may be committing it.
                StagingFolders.RemoveAll(options, key, layout);
                continue;
            }

            await RemoveAsync(job);
        }

        SweepStrays();
    }

    /// <summary>Ends whatever is left of the job on this node and removes every trace but its folder in the store.</summary>
    /// <remarks>Whoever begins this ends it: what is no longer known here would never be removed by anybody.</remarks>
    /// <param name="job">The job.</param>
    /// <param name="release">What was attached and never restarted is let go instead.</param>
    /// <param name="isStale">Another life of the job may be under way: what lies in its folder may be of that one.</param>
    public async Task RemoveAsync(LocalJob job, bool release = false, bool isStale = false)
    {
        _jobs.TryRemove(KeyValuePair.Create((job.Spec.Id, job.Sandbox), job));
        using var patience = new CancellationTokenSource(GuardDeadline);
        try
        {
            if (release)
                await job.AskAsync(new GuardRequest { ReleaseTree = new ReleaseTree() }, patience.Token);
            await job.AskAsync(new GuardRequest { Kill = new KillSandbox() }, patience.Token);
            await job.AskAsync(new GuardRequest { Leave = new Leave() }, patience.Token);
        }
        catch (Exception e) when (e is HpcCrException or OperationCanceledException)
        {
            log.LogWarning("{Job}: the guard did not end the sandbox ({Why}); the launcher does", job.Spec.Name, e.Message);
            job.Cgroup.Kill();
            await job.Cgroup.WaitEmptyAsync(KillDeadline, CancellationToken.None);
            PacketLock.Remove(job.LockTable);
        }

        await PluginSteps.AbortAsync(job);
        JobFiles.RemoveLinks(job);
        StagingFolders.RemoveAll(options, job.Key, job.Layout);
        try
        {
            if (!isStale)
                AbortPhase.DiscardAll(job);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("{Job}: a half-done epoch stays in {Folder}: {Why}", job.Spec.Name, job.Spec.Folder, e.Message);
        }

        await job.DisposeAsync();
        job.Cgroup.Remove();
        SandboxFolders.Remove(job.Layout);
    }

    /// <summary>Ends a part of an earlier life of a job, whatever it was doing; the job's folder is left alone.</summary>
    public async Task EndStaleAsync(LocalJob job)
    {
        log.LogWarning("{Job}: the part of its life {Incarnation} that is here is ended: there is a later one, or it does not belong here", job.Spec.Name, job.Spec.Incarnation);
        await job.StepAsync(interrupt: true, async _ =>
        {
            if (Find(job.Spec.Id, job.Sandbox) == job)
                await RemoveAsync(job, isStale: true);
            return 0;
        }, CancellationToken.None);
    }

    /// <summary>A Slurm job has ended on this node: so has what is left of its jobs here.</summary>
    public async Task EndSlurmJobAsync(uint slurmJob)
    {
        foreach (var job in _jobs.Values.Where(j => j.Spec.SlurmJob == slurmJob))
        {
            await job.StepAsync(interrupt: true, async _ =>
            {
                if (Find(job.Spec.Id, job.Sandbox) == job)
                    await RemoveAsync(job);
                return 0;
            }, CancellationToken.None);
            Lost?.Invoke(job, $"Slurm job {slurmJob} has ended on {options.Node}");
        }
    }

    /// <summary>The launcher ends: without jobs nothing of it stays; with jobs it all stays for the next launcher.</summary>
    public void LeaveNothing()
    {
        if (!_jobs.IsEmpty)
            return;
        SandboxFolders.RemoveAll(options.Run.Jobs);
        var cgroup = JobCgroup.Create(CgroupPrefix);
        cgroup.Remove();
        try
        {
            // Shared with the launchers of other nodes in a lab; the last one removes it.
            Directory.Delete(Path.GetDirectoryName(cgroup.Path)!);
        }
        catch (IOException)
        {
            log.LogDebug("other launchers still use {Path}", cgroup.Path);
        }
    }

    private LocalJob Register(LocalJob job)
    {
        _jobs[(job.Spec.Id, job.Sandbox)] = job;
        job.Guard.Changed += status => OnChanged(job, status);
        job.Guard.Gone += () => OnGuardGone(job);
        return job;
    }

    private void OnChanged(LocalJob job, GuardStatus status)
    {
        if (status.LastAbort.Length > 0)
            log.LogWarning("{Job}: the guard let the job go: {Why}", job.Spec.Name, status.LastAbort);
        if (status.State == SandboxState.Ended && _jobs.ContainsKey((job.Spec.Id, job.Sandbox)))
            Ended?.Invoke(job, status.ExitCode);
    }

    private void OnGuardGone(LocalJob job)
    {
        if (!_jobs.ContainsKey((job.Spec.Id, job.Sandbox)))
            return;
        // Nobody would freeze it when the coordinator cannot be heard, and it is lost in any case.
        job.Cgroup.Kill();
        Lost?.Invoke(job, $"the guard of {job.Spec.Name} on {options.Node} was killed");
    }

    private void SweepDead(string name, SandboxLayout layout)
    {
        log.LogWarning("{Job}: its guard is gone; what is left of it is removed", name);
        if (name.Split(SandboxLayout.KeySeparator)[0] is var job && (JobId.TryParse(job) is not null || JobName.IsValid(job)))
        {
            RemoveCgroup(JobCgroup.Create($"{CgroupPrefix}/{name}"));
            PacketLock.Remove(PacketLock.TableOf(name));
            StagingFolders.RemoveAll(options, name, layout);
        }

        SandboxFolders.Remove(layout);
    }

    private static void RemoveCgroup(JobCgroup cgroup)
    {
        cgroup.Kill();
        cgroup.WaitEmptyAsync(KillDeadline).GetAwaiter().GetResult();
        cgroup.Remove();
    }

    // Locks of jobs that no guard holds any more would cut the job's name off from the network for ever.
    private void SweepStrays()
    {
        StagingFolders.RemoveOlderThanBoot(options);
        foreach (var cgroup in JobCgroup.Create(CgroupPrefix).Children().Where(c => !_jobs.Values.Any(j => j.Cgroup.Path == c.Path)))
        {
            log.LogWarning("cgroup {Path} belongs to no job here and is removed", cgroup.Path);
            RemoveCgroup(cgroup);
        }

        var ours = _jobs.Values.Select(j => j.LockTable).ToHashSet();
        foreach (var table in PacketLock.List(PacketLock.Prefix).Where(t => !ours.Contains(t)))
        {
            log.LogWarning("packet lock {Table} belongs to no job here and is removed", table);
            PacketLock.Remove(table);
        }
    }
}
