using System.Globalization;

namespace HpcCr.Linux;

/// <summary>Names of the kernel's functions that go on with an interrupted system call, by their addresses.</summary>
internal sealed class KernelFunctions
{
    private static readonly string[] Wanted = ["do_restart_poll", "futex_wait_restart", "hrtimer_nanosleep_restart"];
    private readonly Lazy<Task<Dictionary<ulong, string>>> _names = new(() => Task.Run(Read));

    /// <summary>Begins to read them: it takes some tenths of a second.</summary>
    public void Prepare() => _ = _names.Value;

    /// <summary>The name of a function; null when it is none of those, or this kernel shows no addresses (kptr_restrict).</summary>
    public string? NameOf(ulong address) => _names.Value.Result.GetValueOrDefault(address);

    private static Dictionary<ulong, string> Read()
    {
        var names = new Dictionary<ulong, string>();
        try
        {
            foreach (string line in File.ReadLines("/proc/kallsyms"))
            {
                foreach (string name in Wanted)
                {
                    if (line.EndsWith(name, StringComparison.Ordinal) && line.Split(' ') is [var address, _, var symbol] && symbol == name)
                        names[ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture)] = name;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }

        names.Remove(0);
        return names;
    }
}
