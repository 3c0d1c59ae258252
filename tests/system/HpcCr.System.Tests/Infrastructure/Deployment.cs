namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Where the programs are that the tests drive.</summary>
internal static class Deployment
{
    /// <summary>The repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder with <c>hpccr</c> and its daemons: $HPCCR_BIN, else out/bin.</summary>
    public static string Programs { get; } = FromEnvironment("HPCCR_BIN") ?? Path.Combine(Repository, "out", "bin");

    /// <summary>The command under test.</summary>
    public static string Hpccr => Path.Combine(Programs, "hpccr");

    /// <summary>The compiled test programs: $HPCCR_TEST_PROGRAMS, else out/programs.</summary>
    public static string TestPrograms { get; } = FromEnvironment("HPCCR_TEST_PROGRAMS") ?? Path.Combine(Repository, "out", "programs");

    private static string? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? Path.GetFullPath(value) : null;

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "HpcCr.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is in no repository with HpcCr.sln");
    }
}
