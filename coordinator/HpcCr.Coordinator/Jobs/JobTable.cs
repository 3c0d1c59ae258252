using System.Collections.Concurrent;
using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>The jobs: those that live, and the newest of those that ended.</summary>
internal sealed class JobTable
{
    private readonly ConcurrentDictionary<string, Job> _jobs = new();
    private readonly System.Threading.Lock _adding = new();

    /// <summary>Raised for every job that comes.</summary>
    public event Action<Job>? Added;

    /// <summary>Raised for an ended job that is remembered no more.</summary>
    public event Action<Job>? Forgotten;

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<Job> All => [.. _jobs.Values.OrderBy(j => j.Name, StringComparer.Ordinal)];

    /// <summary>The job, or null.</summary>
    public Job? Find(string name) => _jobs.GetValueOrDefault(name);

    /// <summary>The job, if the caller may touch it.</summary>
    /// <exception cref="HpcCrException">There is none, or it is another user's.</exception>
    public Job Require(string name, uint caller)
    {
        if (Find(JobName.Check(name)) is not { } job)
            throw new HpcCrException(FailureKind.NotFound, $"there is no job {name}", "`hpccr status` shows the jobs there are.");
        return caller == 0 || caller == job.Spec.Uid
            ? job
            : throw new HpcCrException(FailureKind.NotAllowed, $"job {name} belongs to another user", "Only its owner and root may touch it.");
    }

    /// <summary>The job of that name that is here already, or this one, which is here from now on.</summary>
    public Job FindOrAdd(Job job)
    {
        var found = _jobs.GetOrAdd(job.Name, job);
        if (found == job)
            Added?.Invoke(job);
        return found;
    }

    /// <summary>Adds a job in place of an ended one of the same name.</summary>
    /// <returns>The ended one, if there was one.</returns>
    /// <exception cref="HpcCrException">A job of that name lives, or its user has too many.</exception>
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
        while (!_jobs.TryAdd(job.Name, job))
        {
            if (Find(job.Name) is not { } other)
                continue;
            if (!other.State.IsEnded())
            {
                throw new HpcCrException(FailureKind.Failed, $"job {job.Name} is there already ({other.State})",
                    $"Choose another --name, or end it with `hpccr kill {job.Name}`.");
            }

            if (_jobs.TryRemove(new KeyValuePair<string, Job>(job.Name, other)))
                before = other;
        }

        var ended = _jobs.Values.Where(j => j.State.IsEnded() && j != job).OrderByDescending(j => j.Serial);
        foreach (var old in EndedJobs.Excess(ended, j => j.Spec.Uid, j => j.DescriptionBytes + j.Reason.Length))
            if (_jobs.TryRemove(new KeyValuePair<string, Job>(old.Name, old)))
                Forgotten?.Invoke(old);
        Added?.Invoke(job);
        return before;
    }

    /// <summary>Forgets a job that never began.</summary>
    public void Remove(Job job) => _jobs.TryRemove(new KeyValuePair<string, Job>(job.Name, job));
}
