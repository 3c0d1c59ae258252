using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Contents of a file in an earlier epoch, which are those of now if the file was not touched since.</summary>
/// <param name="Stamp">The file as it was.</param>
/// <param name="TakenNs">When it was stored, in nanoseconds since 1970.</param>
/// <param name="Path">Where it is stored, absolute.</param>
/// <param name="Sha256">What is in it.</param>
internal sealed record KeptContents(FileStamp Stamp, long TakenNs, string Path, string Sha256)
{
    // Some file systems tell times in steps of up to two seconds: what is written right after a look may show no other time.
    private const long ClockStepNs = 2_000_000_000;

    /// <summary>Whether a file still has these contents.</summary>
    public bool AreThoseOf(FileStamp now) => Stamp == now && Math.Max(now.ModifiedNs, now.ChangedNs) + ClockStepNs < TakenNs;
}
