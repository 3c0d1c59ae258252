using System.Globalization;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The processors that threads may run on (sched_setaffinity(2), proc(5)).</summary>
public static unsafe partial class ThreadProcessors
{
    // More than any kernel can be built for.
    private const int MaximumProcessors = 8192;
    private const int BitsPerWord = 64;

    /// <summary>The processors of every thread of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>
    /// Per thread its number here, its numbers in the pid namespaces it lives in (ours first), and its processors as the kernel
    /// lists them (<c>0-3,8</c>); empty when the process is gone.
    /// </returns>
    public static IReadOnlyList<(int Thread, IReadOnlyList<int> NamespaceNumbers, string Processors)> Of(int pid)
    {
        var found = new List<(int, IReadOnlyList<int>, string)>();
        foreach (var folder in Threads(pid))
        {
            var status = Path.Combine(folder, "status");
            if (ProcFs.StatusField(status, "NSpid:") is { } numbers && ProcFs.StatusField(status, "Cpus_allowed_list:") is { } processors)
                found.Add((int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), Numbers(numbers), processors));
        }

        return found;
    }

    /// <summary>Binds one thread.</summary>
    /// <param name="thread">The thread; 0 is the caller.</param>
    /// <param name="processors">A list as the kernel writes it.</param>
    /// <exception cref="FormatException">It is no such list.</exception>
    /// <exception cref="LinuxException">EINVAL: none of them exists or is allowed here; ESRCH: the thread is gone.</exception>
    public static void Bind(int thread, string processors)
    {
        Span<ulong> mask = stackalloc ulong[MaximumProcessors / BitsPerWord];
        foreach (var processor in Parse(processors))
            mask[processor / BitsPerWord] |= 1UL << (processor % BitsPerWord);
        fixed (ulong* words = mask)
        {
            if (SetAffinity(thread, (nuint)(mask.Length * sizeof(ulong)), words) != 0)
                throw LinuxException.Last($"sched_setaffinity({thread}, {processors})");
        }
    }

    private static IEnumerable<int> Parse(string list)
    {
        foreach (var range in list.Split(','))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || !TryParse(ends[0], out var first) || !TryParse(ends[^1], out var last) || last < first)
                throw new FormatException($"'{list}' is no list of processors");
            for (var processor = first; processor <= last; processor++)
                yield return processor;
        }
    }

    private static bool TryParse(string text, out int processor) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out processor) && processor < MaximumProcessors;

    private static string[] Threads(int pid)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static int[] Numbers(string text) =>
        [.. text.Split('\t', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* mask);
}
