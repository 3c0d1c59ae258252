using System.Collections.Concurrent;
using System.Security.Cryptography;
using HpcCr.Linux;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Launcher;

/// <summary>
/// Hashes of what jobs read and run. A file is read once for all epochs of all jobs here, as long as nobody touches it; of one that is larger
/// than 256 MiB only the first and the last 128 MiB are.
/// </summary>
internal static class InputHashes
{
    private const long HalfBytes = 128L << 20;
    private const int BufferBytes = 1 << 20;
    private const int MaximumKept = 65536;
    private static readonly ConcurrentDictionary<FileStamp, string> Known = new();

    /// <summary>The hash of a file; null when the caller may not read it, or it is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="modifiedNs">When it was last written, in nanoseconds since 1970; 0 when that cannot be told.</param>
    public static string? Of(string path, out long modifiedNs)
    {
        modifiedNs = 0;
        try
        {
            using var file = RegularFile.Open(path);
            var stamp = FileStamp.Of(file);
            modifiedNs = stamp.ModifiedNs;
            if (Known.TryGetValue(stamp, out var known))
                return known;
            var hash = Compute(file, stamp.Size);
            // What was written to meanwhile has another stamp by now, or its time may not show it.
            if (FileStamp.Of(file) != stamp)
                return null;
            if (Known.Count >= MaximumKept)
                Known.Clear();
            return Known[stamp] = hash;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Compute(SafeFileHandle file, long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Clamp(size, 1, BufferBytes)];
        if (size <= 2 * HalfBytes)
        {
            Append(hash, file, buffer, 0, size);
        }
        else
        {
            Append(hash, file, buffer, 0, HalfBytes);
            Append(hash, file, buffer, size - HalfBytes, size);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, SafeFileHandle file, byte[] buffer, long from, long to)
    {
        while (from < to)
        {
            var got = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - from)), from);
            if (got == 0)
                return;
            hash.AppendData(buffer, 0, got);
            from += got;
        }
    }
}
