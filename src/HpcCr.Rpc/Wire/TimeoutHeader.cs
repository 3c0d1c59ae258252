using System.Globalization;

namespace HpcCr.Rpc;

/// <summary>The grpc-timeout header: at most eight digits and a unit.</summary>
internal static class TimeoutHeader
{
    private const long LargestNumber = 99_999_999;

    /// <summary>What is longer is never waited for: timers end at about 49 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>In the finest unit that holds it, rounded up.</summary>
    public static string Format(TimeSpan timeout)
    {
        foreach (var (unit, ticks) in Units)
        {
            var number = (timeout.Ticks + ticks - 1) / ticks;
            if (number <= LargestNumber)
                return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
        }
        return $"{LargestNumber}H";
    }

    /// <summary>Reads the header.</summary>
    /// <returns>False when it is malformed.</returns>
    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        if (text[^1] == 'n')
        {
            timeout = new TimeSpan(number / TimeSpan.NanosecondsPerTick);
            return true;
        }
        var ticks = Array.Find(Units, unit => unit.Unit == text[^1]).Ticks;
        if (ticks == 0)
            return false;
        timeout = number > Longest.Ticks / ticks ? TimeSpan.MaxValue : new TimeSpan(number * ticks);
        return true;
    }
}
