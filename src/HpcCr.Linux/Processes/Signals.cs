namespace HpcCr.Linux;

/// <summary>Signal numbers (signal(7); the same on x86-64 and arm64).</summary>
public static class Signals
{
    /// <summary>Terminal line hangup (SIGHUP).</summary>
    public const int Hangup = 1;

    /// <summary>Interrupt from the keyboard (SIGINT).</summary>
    public const int Interrupt = 2;

    /// <summary>Ends a process without asking it (SIGKILL).</summary>
    public const int Kill = 9;

    /// <summary>Means what its receiver says (SIGUSR1).</summary>
    public const int User1 = 10;

    /// <summary>Write to a pipe or socket that nobody reads (SIGPIPE); .NET ignores it.</summary>
    public const int BrokenPipe = 13;

    /// <summary>Asks a process to end (SIGTERM).</summary>
    public const int Terminate = 15;

    /// <summary>A child stopped or ended (SIGCHLD).</summary>
    public const int Child = 17;

    /// <summary>Lets a stopped process go on (SIGCONT).</summary>
    public const int Continue = 18;

    /// <summary>Stops a process (SIGSTOP).</summary>
    public const int Stop = 19;

    /// <summary>The highest signal number there is.</summary>
    internal const int Last = 64;
}
