using System.Diagnostics;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Finds the processes of a lab that a test does harm to, by what they are: never by name alone.</summary>
internal static class Daemon
{
    /// <summary>The launcher of a node.</summary>
    public static int Launcher(Lab lab, int node) =>
        Find(words => words.Length > 0 && Path.GetFileName(words[0]) == "hpccr-launcher" && words.Contains($"node{node}") && words.Any(w => w.StartsWith(lab.RunFolder, StringComparison.Ordinal)))
        ?? throw new InvalidOperationException($"node{node} has no launcher");

    /// <summary>The coordinator.</summary>
    public static int Coordinator(Lab lab) =>
        Find(words => words.Length > 0 && Path.GetFileName(words[0]) == "hpccr-coordinator" && words.Any(w => w.StartsWith(lab.RunFolder, StringComparison.Ordinal)))
        ?? throw new InvalidOperationException("there is no coordinator");

    /// <summary>An engine that is writing a job's pages, or null.</summary>
    public static int? EngineAtWork(TestJob job) => ProcessText.Pids().Cast<int?>().FirstOrDefault(pid => IsGuardOf(ProcessText.Parent(pid!.Value), job) && WritesPages(pid.Value));

    /// <summary>Sends a signal: <c>KILL</c>, <c>STOP</c>, <c>CONT</c>.</summary>
    public static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{pid}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static bool IsGuardOf(int pid, TestJob job) =>
        ProcessText.Words(pid) is [var program, ..] words && Path.GetFileName(program) == "hpccr-guard" && words.Any(w => w.EndsWith("+" + job.Name, StringComparison.Ordinal));

    private static bool WritesPages(int pid)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
                .Any(fd => new FileInfo(fd).LinkTarget is { } target && Path.GetFileName(target).StartsWith("pages-", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int? Find(Func<string[], bool> wanted) => ProcessText.Pids().Cast<int?>().FirstOrDefault(pid => wanted(ProcessText.Words(pid!.Value)));
}
