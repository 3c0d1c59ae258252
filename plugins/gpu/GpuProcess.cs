using System.Globalization;

namespace HpcCr.Plugins.Gpu;

/// <summary>What /proc says of a process of the job.</summary>
internal static class GpuProcess
{
    /// <summary>A device that it has open.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="beginning">The beginning of the device's name.</param>
    /// <returns>Null when it has none.</returns>
    public static string? DeviceOf(int pid, string beginning)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(link => new FileInfo(link).LinkTarget)
                .FirstOrDefault(target => target?.StartsWith(beginning, StringComparison.Ordinal) == true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How it is named to people.</summary>
    public static string NameOf(int pid) => $"{Read(pid, "comm").TrimEnd('\n')} (pid {pid})";

    /// <summary>Its number in its sandbox; 0 when it is gone.</summary>
    public static int InnerOf(int pid) => Read(pid, "status").Split('\n').FirstOrDefault(line => line.StartsWith("NSpid:", StringComparison.Ordinal)) is { } line
        ? int.Parse(line.Split('\t')[^1], CultureInfo.InvariantCulture)
        : 0;

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
