using System.Globalization;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Matrix;

/// <summary>Finds the processes of one job, and of what holds it, on one node of a lab.</summary>
internal static class JobProcesses
{
    /// <summary>The guard of a job on a node.</summary>
    public static int? Guard(Lab lab, TestJob job, int node) => ProcessText.Pids()
        .Where(pid => ProcessText.Words(pid) is [var program, ..] words && Path.GetFileName(program) == "hpccr-guard" && words.Any(w => w.EndsWith("+" + job.Name, StringComparison.Ordinal)))
        .Where(pid => NetworkOf(pid) == NetworkOf(Daemon.Launcher(lab, node))).Cast<int?>().FirstOrDefault();

    /// <summary>All guards of a job.</summary>
    public static IReadOnlyList<int> Guards(TestJob job) => [.. ProcessText.Pids()
        .Where(pid => ProcessText.Words(pid) is [var program, ..] words && Path.GetFileName(program) == "hpccr-guard" && words.Any(w => w.EndsWith("+" + job.Name, StringComparison.Ordinal)))];

    /// <summary>The engine below a guard: its only child that does not live in the sandbox. Its command line changes while it works.</summary>
    public static int? Engine(int guard) => ProcessText.Pids().Where(pid => ProcessText.Parent(pid) == guard && NamespaceOf(pid, "pid") == NamespaceOf(guard, "pid")).Cast<int?>().FirstOrDefault();

    /// <summary>Whether a process has made others.</summary>
    public static bool HasChildren(int pid) => ProcessText.Pids().Any(child => ProcessText.Parent(child) == pid);

    /// <summary>Whether an engine holds a process of a job.</summary>
    public static bool IsTracing(int engine, TestJob job) => Ranks(job).Any(pid => ProcessText.Of($"/proc/{pid}/status").Contains($"TracerPid:\t{engine}\n", StringComparison.Ordinal));

    /// <summary>The ranks of a job on a node.</summary>
    public static IEnumerable<int> Ranks(Lab lab, TestJob job, int node)
    {
        var network = NetworkOf(Daemon.Launcher(lab, node));
        return Ranks(job).Where(pid => NetworkOf(pid) == network);
    }

    private static IEnumerable<int> Ranks(TestJob job) => ProcessText.Pids()
        .Where(pid => ProcessText.Words(pid) is [var program, ..] && Path.GetFileName(program).StartsWith("stencil", StringComparison.Ordinal)
            && ProcessText.Of($"/proc/{pid}/environ").Contains($"HPCCR_JOB={job.Name}\0", StringComparison.Ordinal));

    private static string? NetworkOf(int pid) => NamespaceOf(pid, "net");

    private static string? NamespaceOf(int pid, string kind) => ProcessText.LinkOf(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/{kind}"));
}
