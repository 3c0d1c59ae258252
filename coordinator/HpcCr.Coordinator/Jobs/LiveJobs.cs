using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>How many jobs a user may have at once. Root may have any number.</summary>
internal static class LiveJobs
{
    private const int MostOfUser = 1000;
    private const long MostBytesOfUser = 32 << 20;
    private const long MostBytes = 512L << 20;

    /// <summary>Goes on only if there is room for one more.</summary>
    /// <param name="job">The job that is to come.</param>
    /// <param name="others">Those that are there.</param>
    /// <exception cref="HpcCrException">There is not (failed).</exception>
    public static void RequireRoom(Job job, IEnumerable<Job> others)
    {
        if (job.Spec.Uid == 0)
            return;
        var living = others.Where(other => !other.State.IsEnded() && other.Spec.Uid != 0).ToList();
        var own = living.Where(other => other.Spec.Uid == job.Spec.Uid).ToList();
        if (own.Count >= MostOfUser)
            throw Full($"user {job.Spec.Uid} has {own.Count} jobs that run already");
        if (own.Sum(other => other.DescriptionBytes) + job.DescriptionBytes > MostBytesOfUser)
            throw Full($"the commands and environments of user {job.Spec.Uid}'s jobs take more than {MostBytesOfUser >> 20} MiB");
        if (living.Sum(other => other.DescriptionBytes) + job.DescriptionBytes > MostBytes)
            throw Full($"the commands and environments of all users' jobs take more than {MostBytes >> 20} MiB");
    }

    private static HpcCrException Full(string what) =>
        new(FailureKind.Failed, $"{what}; the job was not started", "Wait until some have ended, or end some with `hpccr kill`.");
}
