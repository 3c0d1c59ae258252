namespace HpcCr.Core;

/// <summary>Questions about <see cref="JobState"/>.</summary>
public static class JobStates
{
    /// <summary>Whether nothing of the job runs any more.</summary>
    public static bool IsEnded(this JobState state) =>
        state is JobState.Stopped or JobState.Exited or JobState.Failed or JobState.Lost;
}
