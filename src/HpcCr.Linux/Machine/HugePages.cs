using System.Globalization;

namespace HpcCr.Linux;

/// <summary>The huge pages of this node (/sys/kernel/mm/hugepages).</summary>
public static class HugePages
{
    /// <summary>The size of those that a program maps without naming one, in bytes; 0 on a kernel without any.</summary>
    public static long DefaultBytes =>
        ProcFs.StatusField("/proc/meminfo", "Hugepagesize:") is { } text && long.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : 0;

    /// <summary>How many of a size are free and not set aside for anybody, those included that the kernel may still make.</summary>
    /// <param name="bytes">The size of one.</param>
    public static long Free(long bytes)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/sys/kernel/mm/hugepages/hugepages-{bytes >> 10}kB");
        return Number("free_hugepages") - Number("resv_hugepages") + Math.Max(0, Number("nr_overcommit_hugepages") - Number("surplus_hugepages"));

        // Files of sysfs say that they are longer than they are: they are read to their end.
        long Number(string name)
        {
            var path = $"{folder}/{name}";
            return File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out var number) ? number : 0;
        }
    }
}
