using System.Collections.Concurrent;
using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>The jobs: those that live, and the newest of those that ended.</summary>
internal sealed class JobTable
{
    private const int NamedAtOnce = 5;
    private readonly ConcurrentDictionary<JobId, Job> _jobs = new();
    private readonly System.Threading.Lock _adding = new();

    /// <summary>Raised for every job that comes.</summary>
    public event Action<Job>? Added;

    /// <summary>Raised for an ended job that is remembered no more.</summary>
    public event Action<Job>? Forgotten;

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<Job> All => [.. _jobs.Values.OrderBy(j => j.Name, StringComparer.Ordinal).ThenBy(j => j.Spec.Uid)];

    /// <summary>The job, or null.</summary>
    public Job? Find(JobId job) => _jobs.GetValueOrDefault(job);

    /// <summary>The job that a caller means and may touch, or null. For root a name alone also means the only job that other users have of it.</summary>
    /// <exception cref="HpcCrException">Several have one (usage).</exception>
    public Job? Find(JobReference asked, uint caller)
    {
        if (asked.Uid is { } user && user != caller && caller != 0)
            return null;
        var own = Find(asked.Of(caller));
        if (own is not null || asked.Uid is not null || caller != 0)
            return own;
        return OfName(asked.Name) switch
        {
            [] => null,
            [var only] => only,
            var several => throw new HpcCrException(FailureKind.Usage, $"{several.Count} users have a job {asked.Name}",
                $"Name its user too: {string.Join(", ", several.Take(NamedAtOnce).Select(other => other.Spec.Id.Reference))}."),
        };
    }

    /// <summary>The job that a caller means, if the caller may touch it.</summary>
    /// <exception cref="HpcCrException">There is none, or it is another user's; or several users have one (usage).</exception>
    public Job Require(string name, uint caller)
    {
        var asked = JobReference.Parse(name);
        if (Find(asked, caller) is { } job)
            return job;
        var isOthers = caller != 0 && (asked.Uid is { } user ? user != caller : OfName(asked.Name).Count > 0);
        throw isOthers
            ? new HpcCrException(FailureKind.NotAllowed, $"job {name} belongs to another user", "Only its owner and root may touch it.")
            : new HpcCrException(FailureKind.NotFound, $"there is no job {name}", "`hpccr status` shows the jobs there are.");
    }

    /// <summary>The job of that user and name that is here already, or this one, which is here from now on.</summary>
    public Job FindOrAdd(Job job)
    {
        var found = _jobs.GetOrAdd(job.Spec.Id, job);
        if (found == job)
            Added?.Invoke(job);
        return found;
    }

    /// <summary>Adds a job in place of an ended one of the same user and name.</summary>
    /// <returns>The ended one, if there was one.</returns>
    /// <exception cref="HpcCrException">The user has a living job of that name, or too many jobs.</exception>
    /// <param name="job">The job.</param>
    /// <param name="isNew">Whether it is asked for now: what an earlier coordinator had is never too much.</param>
    public Job? Add(Job job, bool isNew = true)
    {
        lock (_adding)
        {
            if (isNew && !job.State.IsEnded())
                LiveJobs.RequireRoom(job, _jobs.Values);
            return Place(job);
        }
    }

    private Job? Place(Job job)
    {
        Job? before = null;
        while (!_jobs.TryAdd(job.Spec.Id, job))
        {
            if (Find(job.Spec.Id) is not { } other)
                continue;
            if (!other.State.IsEnded())
            {
                throw new HpcCrException(FailureKind.Failed, $"job {job.Name} is there already ({other.State})",
                    $"Choose another --name, or end it with `hpccr kill {job.Name}`.");
            }

            if (_jobs.TryRemove(new KeyValuePair<JobId, Job>(job.Spec.Id, other)))
            {
                before = other;
                job.Former = other.Former;
            }
        }

        var ended = _jobs.Values.Where(j => j.State.IsEnded() && j != job).OrderByDescending(j => j.Serial);
        foreach (var old in EndedJobs.Excess(ended, j => j.Spec.Uid, j => j.DescriptionBytes + j.Reason.Length))
            if (_jobs.TryRemove(new KeyValuePair<JobId, Job>(old.Spec.Id, old)))
                Forgotten?.Invoke(old);
        Added?.Invoke(job);
        return before;
    }

    /// <summary>Forgets a job that never began.</summary>
    public void Remove(Job job) => _jobs.TryRemove(new KeyValuePair<JobId, Job>(job.Spec.Id, job));

    private List<Job> OfName(string name) => [.. All.Where(job => job.Name == name)];
}
