namespace HpcCr.Benchmarks;

/// <summary>One job's pauses, in milliseconds, and its restart.</summary>
/// <param name="Title">What was checkpointed.</param>
internal sealed record PauseResult(string Title)
{
    // What the coordination of an epoch may cost beside the dump.
    private const double AllowedFactor = 1.10;
    private const double AllowedMilliseconds = 30;

    /// <summary>The first epoch's pause as the job felt it: nothing is warm.</summary>
    public double First { get; set; }

    /// <summary>As the job felt HpcCr's.</summary>
    public List<double> Felt { get; } = [];

    /// <summary>As HpcCr told it.</summary>
    public List<double> Told { get; } = [];

    /// <summary>As the job felt plain CRIU's.</summary>
    public List<double> PlainFelt { get; } = [];

    /// <summary>As plain CRIU's statistics tell it.</summary>
    public List<double> PlainTold { get; } = [];

    /// <summary>From the command to the job running again, epoch checked and copied.</summary>
    public double Restart { get; set; }

    /// <summary>HpcCr's pause over plain CRIU's, both as the job felt them.</summary>
    public double Ratio => Median.Of(Felt) / Median.Of(PlainFelt);

    /// <summary>Whether the pause is within what is wanted.</summary>
    public bool IsWithinTarget => Median.Of(Felt) <= Median.Of(PlainFelt) * AllowedFactor + AllowedMilliseconds;
}
