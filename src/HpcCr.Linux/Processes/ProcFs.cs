using System.Globalization;
using System.Text;

namespace HpcCr.Linux;

/// <summary>What /proc says of one process; a process that has ended is null or empty, never an exception (proc(5)).</summary>
public static class ProcFs
{
    private const int ParentField = 4;
    private const int StartTimeField = 22;

    /// <summary>When the process started; with its number it names the process for good on this boot.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Clock ticks (1/100 s) since boot; null when it is gone.</returns>
    public static long? StartTime(int pid) => StatField(pid, StartTimeField);

    /// <summary>The parent of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Its parent's number, 0 when that is outside our pid namespace; null when the process is gone.</returns>
    public static int? ParentOf(int pid) => (int?)StatField(pid, ParentField);

    /// <summary>The state letter of a process (R, S, D, T, t, Z).</summary>
    /// <param name="pid">The process.</param>
    /// <returns>The letter; null when it is gone.</returns>
    public static char? State(int pid) => AfterName(pid) is [{ Length: 1 } letter, ..] ? letter[0] : null;

    /// <summary>The numbers of a process in the pid namespaces it lives in, ours first, its innermost last.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>One number per nested namespace; empty when it is gone.</returns>
    public static IReadOnlyList<int> NamespacePids(int pid) =>
        StatusField($"/proc/{pid}/status", "NSpid:") is { } text ? Numbers(text) : [];

    /// <summary>The children of all threads of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Their numbers, in no order; complete only while the process is frozen.</returns>
    public static IReadOnlyList<int> Children(int pid)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{pid}/task").SelectMany(task => Numbers(Read(task + "/children") ?? ""))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The arguments of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Its argv; empty for a kernel thread, a zombie or a process that is gone.</returns>
    public static IReadOnlyList<string> CommandLine(int pid) =>
        Read($"/proc/{pid}/cmdline") is { Length: > 0 } text ? (text[^1] == '\0' ? text[..^1] : text).Split('\0') : [];

    /// <summary>The cgroup of a process in the v2 hierarchy, as /proc has it: relative to our cgroup namespace's root.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>The path, beginning with a slash (below the folder where that hierarchy is mounted); null when it is gone or there is no v2 hierarchy.</returns>
    public static string? CgroupV2Of(int pid) => CgroupOf($"/proc/{pid}/cgroup", line => line.StartsWith("0::", StringComparison.Ordinal));

    /// <summary>The path in the first line of a cgroup file for which <paramref name="wanted"/> holds.</summary>
    internal static string? CgroupOf(string file, Func<string, bool> wanted) =>
        Read(file)?.Split('\n').Where(wanted).Select(line => line[(line.IndexOf(':', line.IndexOf(':') + 1) + 1)..]).FirstOrDefault();

    /// <summary>The text of a proc file; null when its process is gone.</summary>
    internal static string? Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The value of one line of a status file.</summary>
    internal static string? StatusField(string path, string label) =>
        Read(path)?.Split('\n').FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal))?[label.Length..].Trim();

    private static long? StatField(int pid, int field) =>
        AfterName(pid) is { } fields && fields.Length > field - 3 ? long.Parse(fields[field - 3], CultureInfo.InvariantCulture) : null;

    // The second field, the name, may hold blanks and parentheses; what follows its last parenthesis begins with field 3.
    private static string[]? AfterName(int pid) =>
        Read($"/proc/{pid}/stat") is { Length: > 0 } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static int[] Numbers(string text) =>
        [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
}
