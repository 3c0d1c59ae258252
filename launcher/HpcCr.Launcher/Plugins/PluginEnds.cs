using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Plugins;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Unix sockets and pipes to the outside that plugins replace: left out of the images, and given to the engine of a restart.</summary>
internal static class PluginEnds
{
    /// <summary>Goes on only if every end of the sandbox is claimed.</summary>
    /// <exception cref="HpcCrException">One is not (unsupported).</exception>
    public static void RequireAll(LocalJob job, IReadOnlyList<OutsideEnd> ends, IReadOnlyList<PluginEnd> claimed)
    {
        if (ends.FirstOrDefault(end => claimed.All(claim => claim.Key != end.Id)) is { } left)
            throw new HpcCrException(FailureKind.Unsupported, $"{ProcessNames.Of(left.Pid)} on {job.Options.Node} {OutsideEndCheck.TextOf(left)}; no plugin replaces it, and nothing was frozen", OutsideEndCheck.Remedy);
    }

    /// <summary>What has arrived in them and was not read would be lost: while there is any, the job must go on for a moment.</summary>
    /// <param name="ends">The ends, as they were held when the epoch began.</param>
    /// <param name="claimed">Those that plugins replace.</param>
    /// <returns>Which, for people.</returns>
    public static IEnumerable<string> Unread(IReadOnlyList<OutsideEnd> ends, IReadOnlyList<PluginEnd> claimed) =>
        from end in ends
        where claimed.Any(claim => claim.Key == end.Id) && ReadableBytes.Of(end.Pid, end.Descriptor, end.Id) is > 0
        select $"{ProcessNames.Of(end.Pid)} has not read what came over {end.Id} from {end.Holder}";

    /// <summary>As the engine wants them at a dump: what it need not find inside.</summary>
    public static IEnumerable<string> External(IEnumerable<PluginEnd> ends) => ends.Select(end => end.Key).Where(key => key.StartsWith("socket:", StringComparison.Ordinal))
        .Select(key => key.Replace("socket:[", "unix[", StringComparison.Ordinal));

    /// <summary>Asks the plugins for all of them.</summary>
    /// <exception cref="HpcCrException">There is none for one: the restart must end.</exception>
    public static async Task ReplaceAsync(LocalJob job, RestoreWork work, CancellationToken cancellationToken)
    {
        foreach (var end in work.Sandbox.PluginEnds ?? [])
            work.Replaced.Add((end.Key, await job.Plugins.ReplaceAsync(end, cancellationToken)));
    }

    /// <summary>What the guard is told of them: it takes its own copies out of this process.</summary>
    public static IEnumerable<TakenFile> ForGuard(RestoreWork work) => work.Replaced.Select(file => new TakenFile
    {
        Key = file.Key,
        Pid = Environment.ProcessId,
        Descriptor_ = (int)file.File.DangerousGetHandle(),
    });
}
