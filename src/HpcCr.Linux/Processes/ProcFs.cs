using System.Globalization;
using System.Text;

namespace HpcCr.Linux;

/// <summary>What /proc says of one process; a process that has ended is null or empty, never an exception (proc(5)).</summary>
public static class ProcFs
{
    private const int ParentField = 4;
    private const int GroupField = 5;
    private const int SessionField = 6;
    private const int FlagsField = 9;
    private const int UserTimeField = 14;
    private const int SystemTimeField = 15;
    private const int StartTimeField = 22;
    private const long TicksPerSecond = 100;
    private const int ExitCodeField = 52;
    private const long KernelThread = 0x0020_0000;

    /// <summary>When the process started; with its number it names the process for good on this boot.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Clock ticks (1/100 s) since boot; null when it is gone.</returns>
    public static long? StartTime(int pid) => StatField(pid, StartTimeField);

    /// <summary>The processor time that a process and its threads have used, those that have ended included.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Null when it is gone.</returns>
    public static TimeSpan? CpuTime(int pid) =>
        StatField(pid, UserTimeField) is { } user && StatField(pid, SystemTimeField) is { } system ? TimeSpan.FromSeconds((double)(user + system) / TicksPerSecond) : null;

    /// <summary>Whether a process has a limit of processor time, soft or hard.</summary>
    /// <param name="pid">The process.</param>
    public static bool HasCpuLimit(int pid) =>
        Read($"/proc/{pid}/limits")?.Split('\n').FirstOrDefault(line => line.StartsWith("Max cpu time", StringComparison.Ordinal)) is { } line
        && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [_, _, _, "unlimited", "unlimited", ..];

    /// <summary>The parent of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Its parent's number, 0 when that is outside our pid namespace; null when the process is gone.</returns>
    public static int? ParentOf(int pid) => (int?)StatField(pid, ParentField);

    /// <summary>The process group of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Its number, 0 when it is led from outside our pid namespace; null when the process is gone.</returns>
    public static int? GroupOf(int pid) => (int?)StatField(pid, GroupField);

    /// <summary>The session of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Its number, 0 when it is led from outside our pid namespace; null when the process is gone.</returns>
    public static int? SessionOf(int pid) => (int?)StatField(pid, SessionField);

    /// <summary>Whether a process is one of the kernel's own.</summary>
    /// <param name="pid">The process.</param>
    public static bool IsKernelThread(int pid) => StatField(pid, FlagsField) is { } flags && (flags & KernelThread) != 0;

    /// <summary>How a process ended that its parent has not reaped yet.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Null when it lives, was reaped, or is not ours to trace.</returns>
    public static ExitStatus? ZombieStatus(int pid) =>
        AfterName(pid) is ["Z", ..] fields && fields.Length > ExitCodeField - 3
            ? ExitStatus.FromWait(int.Parse(fields[ExitCodeField - 3], CultureInfo.InvariantCulture))
            : null;

    /// <summary>The real, effective, saved and file-system uid of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Empty when it is gone.</returns>
    public static IReadOnlyList<uint> UsersOf(int pid) => Ids(pid, "Uid:");

    /// <summary>The real, effective, saved and file-system gid of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Empty when it is gone.</returns>
    public static IReadOnlyList<uint> GroupIdsOf(int pid) => Ids(pid, "Gid:");

    /// <summary>The file mode creation mask of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Null when it is gone.</returns>
    public static int? UmaskOf(int pid) => StatusField($"/proc/{pid}/status", "Umask:") is { } octal ? Convert.ToInt32(octal, 8) : null;

    /// <summary>The environment that a process was started with, as <c>NAME=VALUE</c>.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Empty when it is gone.</returns>
    public static IReadOnlyList<string> EnvironmentOf(int pid) =>
        Read($"/proc/{pid}/environ") is { } text ? text.Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>Every process that /proc shows.</summary>
    public static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0);

    /// <summary>Where a link of a process points to: <c>cwd</c>, <c>exe</c>, <c>ns/pid</c>.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="link">The link's name below /proc/PID.</param>
    /// <returns>Null when the process is gone, or has no such thing.</returns>
    public static string? LinkOf(int pid, string link)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/{link}").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The state letter of a process (R, S, D, T, t, Z).</summary>
    /// <param name="pid">The process.</param>
    /// <returns>The letter; null when it is gone.</returns>
    public static char? State(int pid) => AfterName(pid) is [{ Length: 1 } letter, ..] ? letter[0] : null;

    /// <summary>The numbers of a process in the pid namespaces it lives in, ours first, its innermost last.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>One number per nested namespace; empty when it is gone.</returns>
    public static IReadOnlyList<int> NamespacePids(int pid) =>
        StatusField($"/proc/{pid}/status", "NSpid:") is { } text ? Numbers(text) : [];

    /// <summary>A number of a process in the innermost pid namespace that it lives in.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="label">Which, as in /proc/PID/status: <c>NSpid:</c>, <c>NSpgid:</c>, <c>NSsid:</c>.</param>
    /// <returns>Null when it is gone.</returns>
    public static int? InnermostOf(int pid, string label) =>
        StatusField($"/proc/{pid}/status", label) is { } text && Numbers(text) is [.., var number] ? number : null;

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

    /// <summary>The children that one thread has made.</summary>
    /// <param name="pid">The thread's process.</param>
    /// <param name="thread">The thread.</param>
    /// <returns>Their numbers, in no order; complete only while the process is frozen.</returns>
    public static IReadOnlyList<int> ChildrenOf(int pid, int thread) => Numbers(Read($"/proc/{pid}/task/{thread}/children") ?? "");

    /// <summary>The threads of a process; empty when it is gone.</summary>
    /// <param name="pid">The process.</param>
    public static IReadOnlyList<int> ThreadsOf(int pid)
    {
        try
        {
            var tasks = Directory.EnumerateDirectories($"/proc/{pid}/task");
            return [.. tasks.Select(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))];
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

    /// <summary>The name of a process: its program's, cut off at 15 bytes, or what it has called itself.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>A question mark when it is gone.</returns>
    public static string NameOf(int pid) => Read($"/proc/{pid}/comm")?.TrimEnd('\n') ?? "?";

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

    private static uint[] Ids(int pid, string label) =>
        [.. (StatusField($"/proc/{pid}/status", label) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(id => uint.Parse(id, CultureInfo.InvariantCulture))];

    private static long? StatField(int pid, int field) =>
        AfterName(pid) is { } fields && fields.Length > field - 3 ? long.Parse(fields[field - 3], CultureInfo.InvariantCulture) : null;

    // The second field, the name, may hold blanks and parentheses; what follows its last parenthesis begins with field 3.
    private static string[]? AfterName(int pid) =>
        Read($"/proc/{pid}/stat") is { Length: > 0 } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static int[] Numbers(string text) =>
        [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
}
