namespace HpcCr.Cli.Doctor;

/// <summary>Every check of this node, in the order in which they are shown.</summary>
internal static class Examination
{
    private static readonly Func<CancellationToken, Task<IReadOnlyList<Finding>>>[] Checks =
    [
        _ => Task.FromResult(KernelChecks.Run()),
        _ => Task.FromResult(PrivilegeChecks.Run()),
        EngineChecks.RunAsync,
        _ => Task.FromResult(CgroupChecks.Run()),
        ProgramChecks.RunAsync,
        MpiChecks.RunAsync,
        _ => Task.FromResult(SpaceChecks.Run()),
    ];

    /// <summary>Runs them.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var found = new List<Finding>();
        foreach (var check in Checks) found.AddRange(await check(cancellationToken));
        return found;
    }
}
