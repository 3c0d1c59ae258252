namespace HpcCr.SystemTests.Infrastructure;

/// <summary>What must hold after an epoch that failed.</summary>
internal static class Unharmed
{
    /// <summary>The job goes on, and nothing of the epoch is left: no freezer, no lock, no staging, no half-done folder.</summary>
    public static async Task AssertAsync(Lab lab, TestJob job)
    {
        await job.WaitForMoreAsync();
        await NothingLeftAsync(lab, job);
        Assert.Equal("Running", await job.StateAsync());
    }

    /// <summary>Nothing of an epoch is left.</summary>
    public static Task NothingLeftAsync(Lab lab, TestJob job)
    {
        List<string> left = [];
        return Await.UntilAsync("an end without leftovers", async () => (left = await LeftAsync(lab, job)).Count == 0, TimeSpan.FromSeconds(10), () => string.Join('\n', left));
    }

    private static async Task<List<string>> LeftAsync(Lab lab, TestJob job)
    {
        List<string> left = [.. Directory.GetDirectories(job.Folder, "*.partial"), .. Directory.GetDirectories(job.Folder, "*.aborted"), .. Frozen(job)];
        for (var node = 1; node <= lab.Nodes; node++)
        {
            var said = (await lab.Hpccr.RunAsync("lab", "exec", $"node{node}", "--", "sh", "-c",
                $"nft list tables; find {lab.RunFolder}/jobs/{job.Key} /var/lib/hpccr/staging/node{node}/{job.Key} -name 'epoch-*' 2>/dev/null; true")).EndsWith(0).Stdout;
            left.AddRange(said.Split('\n').Where(line => line.Contains(job.Name, StringComparison.Ordinal)).Select(line => $"node{node}: {line}"));
        }

        return left;
    }

    private static IEnumerable<string> Frozen(TestJob job)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateDirectories("/sys/fs/cgroup", "*+" + job.Name, options)
            .Where(folder => File.Exists(Path.Combine(folder, "cgroup.freeze")) && File.ReadAllText(Path.Combine(folder, "cgroup.freeze")).StartsWith('1'))
            .Select(folder => $"frozen: {folder}");
    }
}
