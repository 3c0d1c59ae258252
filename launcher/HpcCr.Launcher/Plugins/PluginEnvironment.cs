using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The environment of a plugin's process: nothing of the launcher's but where .NET is, nothing of the job's.</summary>
internal static class PluginEnvironment
{
    private const string DotnetRoot = "DOTNET_ROOT";

    /// <summary>For a plugin of a job.</summary>
    /// <param name="job">The sandbox.</param>
    /// <param name="uid">As whom it runs.</param>
    public static IReadOnlyList<string> Of(LocalJob job, uint uid) =>
    [
        $"PATH={FoundPlugin.SearchPath}",
        $"HOME={UserDatabase.Find(uid)?.Home ?? "/"}",
        "LANG=C.UTF-8",
        // Its host is one of many processes of the node for a moment.
        "DOTNET_TieredPGO=0",
        "DOTNET_gcConcurrent=0",
        $"HPCCR_JOB={job.Spec.Name}",
        $"HPCCR_SANDBOX={job.Sandbox}",
        $"HPCCR_NODE={job.Options.Node}",
        .. Environment.GetEnvironmentVariable(DotnetRoot) is { Length: > 0 } root ? [$"{DotnetRoot}={root}"] : Array.Empty<string>(),
    ];
}
