namespace HpcCr.Coordinator;

/// <summary>Which of the jobs that have ended are forgotten, so that no user fills the coordinator or its journal, or pushes out the jobs of others.</summary>
internal static class EndedJobs
{
    /// <summary>How many are remembered.</summary>
    public const int Kept = 1000;

    private const long MostBytesOfUser = 4 << 20;
    private const long MostBytes = 64 << 20;

    /// <summary>Those to forget: a user's oldest when that user's take too much; then the oldest of whoever has most.</summary>
    /// <param name="newestFirst">All that have ended.</param>
    /// <param name="user">Whose each is.</param>
    /// <param name="bytes">What each takes.</param>
    public static IReadOnlyList<T> Excess<T>(IEnumerable<T> newestFirst, Func<T, uint> user, Func<T, long> bytes)
    {
        var excess = new List<T>();
        var users = new Dictionary<uint, (LinkedList<T> Jobs, long Bytes)>();
        foreach (var job in newestFirst)
        {
            var (jobs, taken) = users.GetValueOrDefault(user(job), ([], 0));
            if (taken + bytes(job) > MostBytesOfUser)
            {
                excess.Add(job);
                continue;
            }

            jobs.AddLast(job);
            users[user(job)] = (jobs, taken + bytes(job));
        }

        var count = users.Values.Sum(own => own.Jobs.Count);
        var all = users.Values.Sum(own => own.Bytes);
        while (count > Kept || all > MostBytes)
        {
            var (most, (jobs, taken)) = count > Kept ? users.MaxBy(own => own.Value.Jobs.Count) : users.MaxBy(own => own.Value.Bytes);
            var oldest = jobs.Last!.Value;
            jobs.RemoveLast();
            users[most] = (jobs, taken - bytes(oldest));
            count--;
            all -= bytes(oldest);
            excess.Add(oldest);
        }

        return excess;
    }
}
