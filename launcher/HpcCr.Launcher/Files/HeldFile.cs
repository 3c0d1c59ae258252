using System.Globalization;
using HpcCr.Linux;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Launcher;

/// <summary>A file of the job between the cut and the seal.</summary>
/// <param name="File">What was seen at the cut.</param>
/// <param name="Source">The file, open for reading as the job's user; null where that user may not, or its path leads elsewhere.</param>
internal sealed record HeldFile(JobFile File, SafeFileHandle? Source) : IDisposable
{
    private const int AccessMode = 3;
    private const int WriteOnly = 1;

    /// <summary>Of a file that is stored later: the digests of its first and last bytes at the cut; null for others.</summary>
    public string? Ends { get; init; }

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
            var source = file.IsLeased ? Copied(file.Link!) : RegularFile.Open(file.Link ?? file.Path);
            if (source is null)
                return new HeldFile(file, null);
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

    // The job's own open file: to open it once more would break the lease. Null where it is open for writing only.
    private static SafeFileHandle? Copied(string link)
    {
        var parts = link.Split('/');
        using var process = PidFd.Open(int.Parse(parts[2], CultureInfo.InvariantCulture));
        var copy = process.GetFd(int.Parse(parts[4], CultureInfo.InvariantCulture));
        if (new OpenDescriptor(Environment.ProcessId, (int)copy.DangerousGetHandle(), link).OpenFlags() is { } flags && (flags & AccessMode) != WriteOnly)
            return copy;
        copy.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Source?.Dispose();
}
