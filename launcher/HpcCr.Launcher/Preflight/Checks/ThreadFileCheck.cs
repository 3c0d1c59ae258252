using System.Text.RegularExpressions;

namespace HpcCr.Launcher;

/// <summary>Files and folders in /proc of a thread: the engine opens files before it makes threads, so a restart finds none.</summary>
internal sealed partial class ThreadFileCheck : IPreflightCheck
{
    public string Name => "files of threads";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        from found in target.Things
        where IsOfThread(found.Thing.Target)
        group found.Thing by (found.Pid, found.Thing.Target) into things
        select new PreflightFinding(things.Key.Pid,
            $"holds {things.Key.Target}{(things.First().Descriptor is { } descriptor ? $" (descriptor {descriptor.Number})" : "")}, which belongs to a thread and cannot be opened at a restart",
            "Have the program open it for each read, or checkpoint when it has been closed; files of whole processes (/proc/PID) come back.");

    // The main thread has the number of its process, and is there from the beginning.
    internal static bool IsOfThread(string target) =>
        OfTask().Match(target) is { Success: true } match && !match.Groups["process"].ValueSpan.SequenceEqual(match.Groups["thread"].ValueSpan);

    [GeneratedRegex(@"^/proc/(?<process>\d+)/task/(?<thread>\d+)(/|$)", RegexOptions.CultureInvariant)]
    private static partial Regex OfTask();
}
