namespace HpcCr.Core;

/// <summary>What takes the place of a tree's standard input and output.</summary>
public enum Replacement
{
    /// <summary>Nothing to read: /dev/null.</summary>
    Nothing,

    /// <summary>The job's standard output, in its folder.</summary>
    StandardOutput,

    /// <summary>The job's standard error, in its folder.</summary>
    StandardError,

    /// <summary>A terminal of the guard's, which writes what comes out of it to the job's standard output.</summary>
    Terminal,
}
