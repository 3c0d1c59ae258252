namespace HpcCr.Cli.Jobs;

/// <summary>How a job that has ended is told.</summary>
/// <param name="ExitCode">What the command ends with.</param>
/// <param name="Note">A line for standard error; null when there is nothing to add.</param>
/// <param name="Failure">Why it failed or was lost; null when it did not.</param>
internal sealed record JobOutcome(int ExitCode, string? Note, HpcCrException? Failure)
{
    /// <summary>The outcome of a job.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="state">A state in which it has ended.</param>
    /// <param name="exitCode">Its exit code, if it has one.</param>
    /// <param name="reason">Why it failed or was lost.</param>
    /// <param name="newestEpoch">Its newest epoch's folder, if it has one.</param>
    public static JobOutcome Of(string job, JobState state, int? exitCode, string reason, string? newestEpoch)
    {
        if (state == JobState.Stopped)
        {
            var where = newestEpoch is null ? "" : $"; its epoch is {newestEpoch}";
            return new JobOutcome(ExitCodes.Done, $"job {job} was stopped by a checkpoint{where}. Bring it back with `hpccr restart {job}`", null);
        }

        if (state == JobState.Exited)
            return new JobOutcome(exitCode ?? ExitCodes.HpcCrFailed, null, exitCode is null ? NoCode(job) : null);

        var why = reason.Length > 0 ? $": {reason}" : "";
        var failure = new HpcCrException(FailureKind.JobLost, $"job {job} {(state == JobState.Lost ? "was lost" : "failed")}{why}",
            newestEpoch is null ? "" : $"Bring it back with `hpccr restart {newestEpoch}`.");
        return new JobOutcome(exitCode ?? ExitCodes.Of(FailureKind.JobLost), null, failure);
    }

    private static HpcCrException NoCode(string job) =>
        new(FailureKind.Internal, $"job {job} has ended, but its exit code is not known", "The launcher's log tells more.");
}
