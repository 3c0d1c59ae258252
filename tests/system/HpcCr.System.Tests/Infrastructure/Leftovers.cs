using System.Diagnostics;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Finds what a test run left on the machine. Other labs on it are not looked at.</summary>
/// <param name="tag">In the environment of every process, and in the name of every job.</param>
/// <param name="folders">Folders that nothing may be mounted in.</param>
internal sealed class Leftovers(string tag, IReadOnlyList<string> folders)
{
    private readonly HashSet<string> _netNamespaces = [];
    private readonly HashSet<string> _cgroups = [];

    /// <summary>Remembers the net namespaces and cgroups of what runs now, to look for them later.</summary>
    public void Remember()
    {
        foreach (var pid in OurPids())
        {
            if (ProcessText.LinkOf($"/proc/{pid}/ns/net") is { } net && net != ProcessText.LinkOf("/proc/self/ns/net")) _netNamespaces.Add(net);
            if (CgroupOf(pid) is { } cgroup && cgroup != CgroupOf("self")) _cgroups.Add(cgroup);
        }
    }

    /// <summary>Fails when something is left.</summary>
    public async Task AssertNoneAsync()
    {
        // The kernel takes namespaces and mounts of ended processes apart a moment later, and an embedded coordinator waits
        // a while for another job before it ends.
        await Await.UntilAsync("an end without leftovers", () => Find().Count == 0, Await.Patience, () => string.Join('\n', Find()));
    }

    /// <summary>What there is.</summary>
    public List<string> Find() => [.. Processes(), .. Mounts(), .. Cgroups(), .. NetNamespaces(), .. PacketTables()];

    private IEnumerable<string> Processes() => OurPids().Select(pid => $"process {pid}: {ProcessText.Of($"/proc/{pid}/cmdline").Replace('\0', ' ')}");

    private IEnumerable<string> Mounts() => File.ReadLines("/proc/self/mountinfo").Where(line => folders.Any(line.Contains)).Select(line => $"mount {line}");

    private IEnumerable<string> Cgroups()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateDirectories("/sys/fs/cgroup", "*", options)
            .Where(path => Path.GetFileName(path).Contains(tag, StringComparison.Ordinal) || _cgroups.Any(path.EndsWith))
            .Select(path => $"cgroup {path}");
    }

    private IEnumerable<string> NetNamespaces()
    {
        if (_netNamespaces.Count == 0) return [];
        return Pids().Select(pid => (Pid: pid, Net: ProcessText.LinkOf($"/proc/{pid}/ns/net"))).Where(p => p.Net is not null && _netNamespaces.Contains(p.Net))
            .Select(p => $"net namespace {p.Net} of process {p.Pid}");
    }

    private IEnumerable<string> PacketTables()
    {
        using var nft = Process.Start(new ProcessStartInfo("nft", ["list", "tables"]) { RedirectStandardOutput = true })!;
        var tables = nft.StandardOutput.ReadToEnd();
        nft.WaitForExit();
        return tables.Split('\n').Where(line => line.Contains(tag, StringComparison.Ordinal)).Select(line => $"nft {line}");
    }

    private IEnumerable<string> OurPids()
    {
        var mark = $"{Hpccr.TagVariable}={tag}\0";
        return Pids().Where(pid => ProcessText.Of($"/proc/{pid}/environ").Contains(mark, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Pids() => ProcessText.Pids().Select(pid => $"{pid}");

    private static string? CgroupOf(string pid) =>
        ProcessText.Of($"/proc/{pid}/cgroup").Split('\n').FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?["0::".Length..] is { Length: > 1 } path
            ? path
            : null;
}
