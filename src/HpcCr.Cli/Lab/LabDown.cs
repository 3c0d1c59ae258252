using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Lab;

/// <summary>Ends a lab and everything of it.</summary>
internal static class LabDown
{
    /// <summary>Ends the lab that is up.</summary>
    /// <returns>False when there was none.</returns>
    public static async Task<bool> RunAsync(LabLayout layout, CancellationToken cancellationToken)
    {
        using var held = await LabLock.TakeAsync(layout, cancellationToken);
        // Its cgroup tells of a lab whose folder somebody has removed.
        if (!Directory.Exists(layout.Root) && !Directory.Exists(LabCgroup.PathFor(layout.Run))) return false;
        Directory.CreateDirectory(layout.Root);
        await RemoveAsync(layout, cancellationToken);
        return true;
    }

    /// <summary>Takes away whatever there is of a lab, however far it had come. The caller holds the lock.</summary>
    public static async Task RemoveAsync(LabLayout layout, CancellationToken cancellationToken)
    {
        var state = ReadWhatCanBeRead(layout);
        if (LabDaemons.FindCoordinator(layout) is { } coordinator) await LabNodes.EndAsync(coordinator, "the coordinator", cancellationToken);
        if (state is not null)
        {
            foreach (var init in state.Inits.Values) init.Kill();
            foreach (var node in state.All().Where(node => state.Inits.ContainsKey(node.Number)))
                await LabNodes.EndAsync(state.Inits[node.Number], node.Name, cancellationToken);
            if (state.Control is { } control) await LabNodes.EndAsync(control, "the control place", cancellationToken);
        }

        // A start that was interrupted before it was written down is found by its cgroup or by the pid that it left.
        foreach (var left in LeftoverPids(layout)) await LabNodes.EndAsync(left, "the lab", cancellationToken);
        await LabCgroup.RemoveAsync(state?.Cgroup ?? LabCgroup.PathFor(layout.Run), cancellationToken);
        RemoveFiles(layout);
    }

    private static LabState? ReadWhatCanBeRead(LabLayout layout)
    {
        try
        {
            return LabStateFile.Read(layout);
        }
        catch (HpcCrException e) when (e.Kind == FailureKind.Damaged)
        {
            return null;
        }
    }

    private static IEnumerable<ProcessIdentity> LeftoverPids(LabLayout layout)
    {
        var files = Directory.EnumerateDirectories(layout.Root).Select(folder => Path.Combine(folder, "init.pid"));
        foreach (var file in files.Where(File.Exists))
        {
            // The pid may be another's since: only a process that is what a lab starts is meant.
            if (int.TryParse(File.ReadAllText(file), out var pid) && IsOfALab(pid) && ProcessIdentity.Of(pid) is { } process)
                yield return process;
        }
    }

    private static bool IsOfALab(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline") is "tini\0--\0sleep\0infinity\0" or "sleep\0infinity\0"
                && new FileInfo($"/proc/{pid}/ns/net").LinkTarget != new FileInfo("/proc/self/ns/net").LinkTarget;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void RemoveFiles(LabLayout layout)
    {
        Directory.Delete(layout.Root, recursive: true);
        File.Delete(layout.Run.CoordinatorSocket);
        if (!Directory.EnumerateFileSystemEntries(layout.Run.Root).Any()) Directory.Delete(layout.Run.Root);
    }
}
