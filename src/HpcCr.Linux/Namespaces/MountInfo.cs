using System.Globalization;
using System.Text;

namespace HpcCr.Linux;

/// <summary>One line of a mount table (/proc/PID/mountinfo, proc(5)); paths are unescaped.</summary>
/// <param name="Id">The mount's number.</param>
/// <param name="Parent">The number of the mount it is mounted on.</param>
/// <param name="Device">The device of its files, <c>major:minor</c>.</param>
/// <param name="Root">The folder of the file system that is seen here.</param>
/// <param name="MountPoint">Where it is mounted, seen from the process's root.</param>
/// <param name="Options">Options of this mount: <c>rw,relatime</c>.</param>
/// <param name="Propagation"><c>shared:N</c>, <c>master:N</c>, both with a blank between, or empty for a private mount.</param>
/// <param name="FileSystem">The file system type, with subtype: <c>fuse.sshfs</c>.</param>
/// <param name="Source">What is mounted, as the file system tells it.</param>
/// <param name="SuperOptions">Options of the file system itself.</param>
public sealed record MountInfo(
    int Id,
    int Parent,
    string Device,
    string Root,
    string MountPoint,
    string Options,
    string Propagation,
    string FileSystem,
    string Source,
    string SuperOptions)
{
    /// <summary>The mount table of a process, in the kernel's order (a later mount at the same point hides an earlier one).</summary>
    /// <param name="pid">The process; null: the calling thread.</param>
    /// <returns>One entry per mount visible from its root.</returns>
    /// <exception cref="IOException">There is no such process.</exception>
    public static IReadOnlyList<MountInfo> Read(int? pid = null)
    {
        string path = pid is { } number ? $"/proc/{number}/mountinfo" : "/proc/thread-self/mountinfo";
        return [.. File.ReadAllLines(path).Select(Parse)];
    }

    /// <summary>Reads one line.</summary>
    internal static MountInfo Parse(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-", 6);
        return new MountInfo(
            int.Parse(fields[0], CultureInfo.InvariantCulture),
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            fields[2],
            Unescape(fields[3]),
            Unescape(fields[4]),
            fields[5],
            string.Join(' ', fields[6..dash]),
            fields[dash + 1],
            Unescape(fields[dash + 2]),
            fields[dash + 3]);
    }

    // Blank, tab, newline and backslash are written as \ooo.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
