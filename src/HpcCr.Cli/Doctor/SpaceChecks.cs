using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Linux;

namespace HpcCr.Cli.Doctor;

/// <summary>Room for epochs.</summary>
internal static class SpaceChecks
{
    private const long Scarce = 1L << 30;
    private const long None = 64L << 20;

    /// <summary>Runs them.</summary>
    public static IReadOnlyList<Finding> Run()
    {
        var directory = CallerFacts.CheckpointDirectory(null);
        var existing = directory;
        while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing)!;
        var free = FreeSpace.Of(existing);
        var found = $"{Quantity.Bytes(free)} free for {directory}";
        const string Remedy = $"Make room, or name another directory in {CallerFacts.CheckpointVariable}.";
        return free switch
        {
            < None => [Finding.Fail("free space", found, Remedy)],
            < Scarce => [Finding.Warn("free space", found, Remedy)],
            _ => [Finding.Ok("free space", found)],
        };
    }
}
