using System.Globalization;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>What /proc says of processes; one may be gone by the time that it is looked at.</summary>
internal static class ProcessText
{
    /// <summary>All processes.</summary>
    public static IEnumerable<int> Pids() =>
        Directory.EnumerateDirectories("/proc").Select(path => Path.GetFileName(path)).Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture));

    /// <summary>The words of a command line; none for one that is gone.</summary>
    public static string[] Words(int pid) => Of($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The parent; 0 for one that is gone.</summary>
    public static int Parent(int pid) =>
        Of($"/proc/{pid}/stat") is { Length: > 0 } stat ? int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture) : 0;

    /// <summary>A file of /proc, or nothing.</summary>
    public static string Of(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Where a link of /proc leads, or null.</summary>
    public static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
