using System.Diagnostics.CodeAnalysis;

namespace HpcCr.Criu;

/// <summary>The engine's version.</summary>
/// <param name="Major">First number.</param>
/// <param name="Minor">Second number.</param>
/// <param name="Sublevel">Third number, 0 if absent.</param>
public readonly record struct EngineVersion(int Major, int Minor, int Sublevel) : IComparable<EngineVersion>
{
    /// <summary>The oldest that works: older ones fail on kernels from 6.16 on ("Can't get 1:16 opt").</summary>
    public static EngineVersion Minimum { get; } = new(4, 2, 0);

    /// <summary>Older.</summary>
    public static bool operator <(EngineVersion left, EngineVersion right) => left.CompareTo(right) < 0;

    /// <summary>Newer.</summary>
    public static bool operator >(EngineVersion left, EngineVersion right) => left.CompareTo(right) > 0;

    /// <summary>Not newer.</summary>
    public static bool operator <=(EngineVersion left, EngineVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Not older.</summary>
    public static bool operator >=(EngineVersion left, EngineVersion right) => left.CompareTo(right) >= 0;

    /// <summary>Reads `4.2`, `4.2.1` or a line like `Version: 4.2.1`; what follows the numbers is ignored.</summary>
    /// <param name="text">The text.</param>
    /// <param name="version">The version.</param>
    /// <returns>False if the text holds none.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out EngineVersion version)
    {
        version = default;
        foreach (var word in (text ?? "").Split([' ', '\n', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var numbers = word.TrimStart('v').Split(['.', '-']);
            if (numbers.Length < 2 || !int.TryParse(numbers[0], out var major) || !int.TryParse(numbers[1], out var minor)) continue;
            var sublevel = numbers.Length > 2 && int.TryParse(numbers[2], out var third) ? third : 0;
            version = new EngineVersion(major, minor, sublevel);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public int CompareTo(EngineVersion other) =>
        (Major, Minor, Sublevel).CompareTo((other.Major, other.Minor, other.Sublevel));

    /// <inheritdoc/>
    public override string ToString() => Sublevel == 0 ? $"{Major}.{Minor}" : $"{Major}.{Minor}.{Sublevel}";
}
