using System.Security.Cryptography;
using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>The digest of the last bytes before a cut: by it a restart sees whether they are still those of the cut.</summary>
public static class FileTailHash
{
    /// <summary>Reads bytes at a place in a file.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="at">Where from, in bytes.</param>
    /// <returns>How many were read; 0 at the end.</returns>
    public delegate int Reader(Span<byte> buffer, long at);

    /// <summary>Computes it.</summary>
    /// <param name="read">Reads the file.</param>
    /// <param name="size">Its length at the cut, in bytes.</param>
    /// <exception cref="EndOfStreamException">It is shorter than that.</exception>
    public static string Of(Reader read, long size)
    {
        ArgumentNullException.ThrowIfNull(read);
        var tail = new byte[(int)Math.Min(size, FileRecord.TailBytes)];
        for (var done = 0; done < tail.Length;)
        {
            var got = read(tail.AsSpan(done), size - tail.Length + done);
            if (got == 0)
                throw new EndOfStreamException();
            done += got;
        }

        return Convert.ToHexStringLower(SHA256.HashData(tail));
    }
}
