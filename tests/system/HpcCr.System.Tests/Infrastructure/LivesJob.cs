namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A job on two nodes whose parts write down which copy of them is writing.</summary>
/// <param name="Job">The job.</param>
/// <param name="Record">What they write to.</param>
internal sealed record LivesJob(TestJob Job, string Record)
{
    /// <summary>Starts it on nodes, the head first.</summary>
    public static async Task<LivesJob> StartAsync(Lab lab, params string[] nodes)
    {
        var record = Path.Combine(lab.NewFolder("lives"), "record");
        var job = await TestJob.StartAsync(lab, "lives", ["--nodes", string.Join(',', nodes)], CommandOptions.Default, [TestPrograms.Lives, record, .. nodes[1..]]);
        var lives = new LivesJob(job, record);
        await Await.UntilAsync("lines of all parts", () => lives.Lines().Select(line => line.Sandbox).Distinct().Count() == nodes.Length, null, job.Describe);
        return lives;
    }

    /// <summary>All whole lines so far, in the order in which they were written.</summary>
    public IReadOnlyList<(string Sandbox, string Life)> Lines()
    {
        if (!File.Exists(Record)) return [];
        using var stream = new FileStream(Record, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return [.. new StreamReader(stream).ReadToEnd().Split('\n')[..^1].Select(line => line.Split(' ')).Select(words => (words[0], words[1]))];
    }

    /// <summary>How many copies of a part have written so far.</summary>
    public int LivesOf(string sandbox) => Lines().Where(line => line.Sandbox == sandbox).Select(line => line.Life).Distinct().Count();

    /// <summary>Waits until every part writes in another copy than the one that wrote last.</summary>
    public async Task WaitForNextLifeAsync(Func<Task> begin)
    {
        var before = Lines().Select(line => line.Life).ToHashSet();
        var sandboxes = Lines().Select(line => line.Sandbox).Distinct().Count();
        await begin();
        await Await.UntilAsync("the next copy to write", () => Lines().Where(line => !before.Contains(line.Life)).Select(line => line.Sandbox).Distinct().Count() == sandboxes, null, Job.Describe);
    }

    /// <summary>No copy of a part has written after a later copy of it began to.</summary>
    public void AssertOneAtATime()
    {
        foreach (var part in Lines().GroupBy(line => line.Sandbox))
        {
            var turns = new List<string>();
            foreach (var (_, life) in part)
                if (turns.Count == 0 || turns[^1] != life)
                    turns.Add(life);
            Assert.True(turns.Count == turns.Distinct().Count(), $"two copies of {part.Key} wrote at the same time: {string.Join(", ", turns.Take(20))}");
        }
    }
}
