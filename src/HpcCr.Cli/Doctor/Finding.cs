namespace HpcCr.Cli.Doctor;

/// <summary>What one check of this node found.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Grade">How bad it is.</param>
/// <param name="Found">What is there.</param>
/// <param name="Remedy">What to do about it; empty when it is fine.</param>
internal sealed record Finding(string Name, Grade Grade, string Found, string Remedy = "")
{
    /// <summary>The packages' remedy.</summary>
    public const string SetUp = "Run setup.sh, which installs it.";

    /// <summary>All is well.</summary>
    public static Finding Ok(string name, string found) => new(name, Grade.Ok, found);

    /// <summary>Something does not work, but dumping does.</summary>
    public static Finding Warn(string name, string found, string remedy) => new(name, Grade.Warn, found, remedy);

    /// <summary>Dumping cannot work.</summary>
    public static Finding Fail(string name, string found, string remedy) => new(name, Grade.Fail, found, remedy);
}
