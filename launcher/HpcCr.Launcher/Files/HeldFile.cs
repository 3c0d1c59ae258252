using HpcCr.Linux;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Launcher;

/// <summary>A file of the job between the cut and the seal.</summary>
/// <param name="File">What was seen at the cut.</param>
/// <param name="Source">The file, open for reading as the job's user; null where that user may not, or its path leads elsewhere.</param>
internal sealed record HeldFile(JobFile File, SafeFileHandle? Source) : IDisposable
{
    /// <summary>Where its contents are, below the node's folder; null when they are not stored.</summary>
    public string? Stored { get; init; }

    /// <summary>When they were stored, in nanoseconds since 1970.</summary>
    public long TakenNs { get; init; }

    /// <summary>What they must hash to, because they are an earlier epoch's; null for new ones.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Opens a file as whoever calls. What has the name may have changed; a pipe is not waited for.</summary>
    public static HeldFile Open(JobFile file)
    {
        try
        {
            var source = RegularFile.Open(file.Link ?? file.Path);
            if (FileStamp.Of(source).IsSameFile(file.Stamp))
                return new HeldFile(file, source);
            source.Dispose();
        }
        catch (LinuxException)
        {
            // Who needs its contents says so.
        }

        return new HeldFile(file, null);
    }

    /// <inheritdoc/>
    public void Dispose() => Source?.Dispose();
}
