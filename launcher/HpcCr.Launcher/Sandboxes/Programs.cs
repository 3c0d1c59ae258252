using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>The programs that a launcher starts.</summary>
internal static class Programs
{
    /// <summary>The guard, beside this program.</summary>
    public static string Guard { get; } = Path.Combine(AppContext.BaseDirectory, "hpccr-guard");

    /// <summary>The launcher's own program, which is also the host of plugins in .NET.</summary>
    public static string Launcher { get; } = Path.Combine(AppContext.BaseDirectory, "hpccr-launcher");

    /// <summary>The remote-start agent, beside this program.</summary>
    public static string Agent { get; } = Path.Combine(AppContext.BaseDirectory, "hpccr-agent");

    /// <summary>Pid 1 of a sandbox.</summary>
    public static string Init => Find("tini", "Install the package tini; `hpccr doctor` shows what else is missing.");

    /// <summary>Finds a program in PATH.</summary>
    /// <exception cref="HpcCrException">It is not there (unsupported).</exception>
    public static string Find(string name, string remedy)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin";
        return path.Split(':').Select(dir => Path.Combine(dir, name)).FirstOrDefault(File.Exists)
            ?? throw new HpcCrException(FailureKind.Unsupported, $"{name} is not installed on {Environment.MachineName}", remedy);
    }
}
