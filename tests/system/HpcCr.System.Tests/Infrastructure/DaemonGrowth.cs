using System.Globalization;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>How much more a daemon takes at the end of a time than at its beginning: medians of the last and of the first third of what was measured.</summary>
/// <param name="Name">Which.</param>
/// <param name="Samples">How often it was measured.</param>
/// <param name="First">What it took at the beginning.</param>
/// <param name="Last">What it took at the end.</param>
internal sealed record DaemonGrowth(string Name, int Samples, (double MiB, double Descriptors) First, (double MiB, double Descriptors) Last)
{
    // A collector that has not come round yet; what leaks with every epoch is more than that after a hundred.
    private const double AllowedMiB = 16;
    private const double AllowedDescriptors = 4;

    /// <summary>Whether it takes what it took.</summary>
    public bool IsFlat => Samples >= 3 && Last.MiB - First.MiB <= AllowedMiB && Last.Descriptors - First.Descriptors <= AllowedDescriptors;

    /// <summary>That of each process that was measured.</summary>
    public static IReadOnlyList<DaemonGrowth> Of(IEnumerable<DaemonFootprint> footprints) =>
    [
        .. footprints.GroupBy(f => (f.Name, f.Pid)).Select(group =>
        {
            var all = group.ToList();
            var third = Math.Max(1, all.Count / 3);
            return new DaemonGrowth(group.Key.Name, all.Count, Median(all[..third]), Median(all[^third..]));
        }),
    ];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {First.MiB:F1} -> {Last.MiB:F1} MiB, {First.Descriptors} -> {Last.Descriptors} descriptors ({Samples} samples)");

    private static (double, double) Median(List<DaemonFootprint> some) =>
        (some.Select(f => f.MiB).Order().ElementAt(some.Count / 2), some.Select(f => (double)f.Descriptors).Order().ElementAt(some.Count / 2));
}
