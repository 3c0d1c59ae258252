namespace HpcCr.Core;

/// <summary>The exit codes of the command line: a contract for scripts.</summary>
public static class ExitCodes
{
    /// <summary>The command did what it was asked.</summary>
    public const int Done = 0;

    /// <summary>What a foreground <c>run</c>, <c>restart</c> or <c>wait</c> ends with when HpcCr itself failed.</summary>
    public const int HpcCrFailed = 125;

    /// <summary>The exit code of a failure.</summary>
    public static int Of(FailureKind kind) => kind switch
    {
        FailureKind.Failed => 1,
        FailureKind.Usage => 2,
        FailureKind.NotFound => 3,
        FailureKind.NotAllowed => 4,
        FailureKind.Damaged => 5,
        FailureKind.Unsupported => 6,
        FailureKind.JobLost => 7,
        _ => HpcCrFailed,
    };
}
