namespace HpcCr.Cli.Output;

/// <summary>Numbers with units, for people.</summary>
internal static class Quantity
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>A number of bytes, such as <c>43.1 MiB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (bytes >= 1024 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes:0} B" : $"{bytes:0.0} {Units[unit]}";
    }

    /// <summary>Milliseconds, such as <c>0.4 ms</c>, <c>213 ms</c> or <c>12.3 s</c>.</summary>
    public static string Milliseconds(double ms) => ms switch
    {
        < 10 => $"{ms:0.0} ms",
        < 10_000 => $"{ms:0} ms",
        _ => $"{ms / 1000:0.0} s",
    };

    /// <summary>A time, in the zone of this machine.</summary>
    public static string Time(DateTimeOffset time) => time == default ? "" : time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss");
}
