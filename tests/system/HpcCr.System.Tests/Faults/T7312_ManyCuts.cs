using System.Diagnostics;
using System.Globalization;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

/// <summary>How many cuts of each kind is HPCCR_CUTS; 20 of each take about half an hour. They go through all phases in turn.</summary>
[Collection(FencingLab.Name)]
public sealed class T7312_ManyCuts(FencingLab lab) : SystemTest(lab)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string[] Phases = ["running", "checkpoint", "commit", "restart", "migration"];
    private readonly SortedDictionary<string, int> _ends = [];

    [Theory]
    [InlineData("network", 3)]
    [InlineData("launcher", 2)]
    [InlineData("coordinator", 1)]
    public async Task NoLineIsWrittenByTwoCopies_WhateverIsCutOffAndWhen(string kind, int firstPhase)
    {
        var cuts = int.Parse(Environment.GetEnvironmentVariable("HPCCR_CUTS") is { Length: > 0 } asked ? asked : "1", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var lines = 0;
        var copies = 0;
        for (var cut = 0; cut < cuts; cut++)
        {
            var lives = await CutAsync(kind, Phases[(firstPhase + cut) % Phases.Length], cut);
            lines += lives.Lines().Count;
            copies += lives.Lines().Distinct().Count();
        }

        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"{kind}: {cuts} cuts in {watch.Elapsed.TotalSeconds:F0} s, {lines} lines of {copies} copies, never two at a time; {string.Join(", ", _ends.Select(end => $"{end.Key} {end.Value}"))}"));
    }

    private async Task<LivesJob> CutAsync(string kind, string phase, int number)
    {
        await UpAsync();
        var lives = await LivesJob.StartAsync(Lab, "node1", "node2");
        var epoch = await lives.Job.CheckpointAsync();
        var (node, step, word, command) = Scene(phase, lives.Job, epoch);
        if (phase == "restart") await lives.Job.KillAsync();
        await using (var running = await BeginAsync(node, step, word, command))
        {
            await using (kind == "network" ? await NodeCut.OffAsync(Lab, node) : null)
            {
                if (kind == "launcher") Daemon.Signal(Daemon.Launcher(Lab, node), "KILL");
                if (kind == "coordinator") await StartElsewhereAsync(keepsJournal: number % 2 == 1);
                Lab.SetFaults(node);
                if (running is not null) await running.EndAsync();
                var how = await BringBackAsync(lives, epoch, node == 4 ? "node1,node3" : "node3,node4", kind == "coordinator");
                var end = $"{phase}: {how}";
                _ends[end] = _ends.GetValueOrDefault(end) + 1;
            }

            await UpAsync();
            await AssertSettledAsync(lives);
        }

        await lives.Job.KillAsync();
        lives.AssertOneAtATime();
        (await lives.Job.RunAsync("rm", lives.Job.Name)).EndsWith(0);
        return lives;
    }

    // Which node is hit, at which step, what the command says there, and the command.
    private static (int Node, string? Step, string Word, string[] Command) Scene(string phase, TestJob job, TestEpoch epoch) => phase switch
    {
        "checkpoint" => (2, "dump", "dump", ["checkpoint", job.Name]),
        "commit" => (1, "commit", "commit", ["checkpoint", job.Name]),
        "restart" => (4, "restore", "restore", ["restart", epoch.Path, "--nodes", "node3,node4", "--files", "keep", "--detach"]),
        "migration" => (2, "kill", "kill", ["migrate", job.Name, "--nodes", "node3,node4"]),
        _ => (2, null, "", []),
    };

    private async Task<RunningCommand?> BeginAsync(int node, string? step, string word, string[] command)
    {
        if (step is null) return null;
        Lab.SetFaults(node, $"{step} hang");
        var running = Hpccr.Start(CommandOptions.Default with { Deadline = Patience }, command);
        await Await.UntilAsync($"'{word}' of {string.Join(' ', command)}", () => running.Stderr.Contains($"hpccr: {word}", StringComparison.Ordinal), null, () => running.Stderr);
        return running;
    }

    // As a person would: look what became of the job, and restart it elsewhere when it is over.
    private async Task<string> BringBackAsync(LivesJob lives, TestEpoch epoch, string nodes, bool isElsewhere)
    {
        var said = "";
        var how = "went on";
        await Await.UntilAsync("the job to write again", async () =>
        {
            var state = await StateAsync(lives.Job);
            if (state == "Running") return await WritesAsync(lives);
            if (state is "Starting" or "Checkpointing") return false;
            var restart = await Hpccr.RunAsync(CommandOptions.Default with { Deadline = Patience }, ["restart", epoch.Path, "--nodes", nodes, "--files", "keep", "--detach"]);
            if (isElsewhere && restart.Stderr.Contains("--force", StringComparison.Ordinal))
            {
                said += restart.Stderr;
                restart = await Hpccr.RunAsync(CommandOptions.Default with { Deadline = Patience }, ["restart", epoch.Path, "--nodes", nodes, "--files", "keep", "--detach", "--force"]);
            }

            how = "restarted";
            said += restart.Stderr;
            return false;
        }, Patience, () => $"{said}\n{lives.Job.Describe()}");
        return how;
    }

    private async Task<string> StateAsync(TestJob job)
    {
        var status = await Hpccr.RunAsync("status", job.Name, "--json");
        return status.ExitCode == 0 ? status.Json.GetProperty("state").GetString()! : "unknown";
    }

    // All parts of one copy or the other.
    private static async Task<bool> WritesAsync(LivesJob lives)
    {
        var before = lives.Lines().Count;
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(2))
        {
            if (lives.Lines().Skip(before).Select(line => line.Sandbox).Distinct().Count() == 2) return true;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return false;
    }

    // With every node back there is one copy, which goes on.
    private async Task AssertSettledAsync(LivesJob lives)
    {
        await Await.UntilAsync("one copy on two nodes", () => Parts(lives.Job) == 2, null, lives.Job.Describe);
        await Await.UntilAsync("the copy to write", () => WritesAsync(lives), null, lives.Job.Describe);
        Assert.Equal("Running", await StateAsync(lives.Job));
    }

    private static int Parts(TestJob job)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateDirectories("/sys/fs/cgroup", job.Name, options).Count(folder => File.Exists(Path.Combine(folder, "cgroup.freeze")));
    }

    // Another coordinator at the same address: with the journal, or without, as on another host.
    private async Task StartElsewhereAsync(bool keepsJournal)
    {
        var old = Daemon.Coordinator(Lab);
        var words = ProcessText.Words(old).ToList();
        var control = await File.ReadAllTextAsync(Path.Combine(Lab.RunFolder, "lab", "control", "init.pid"), TestContext.Current.CancellationToken);
        Daemon.Signal(old, "KILL");
        if (keepsJournal) return;
        words[words.IndexOf("--state-dir") + 1] = Path.Combine(Lab.NewFolder("elsewhere"), "state");
        using var started = Process.Start("nsenter", ["-t", control.Trim(), "-n", "setsid", "--fork", .. words]);
        await started.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, started.ExitCode);
    }

    private async Task UpAsync()
    {
        (await Hpccr.RunAsync("lab", "up", $"{Lab.Nodes}")).EndsWith(0);
        await Await.UntilAsync("all nodes connected", async () => (await Hpccr.JsonAsync("status")).GetProperty("nodes").EnumerateArray()
            .Count(n => n.GetProperty("state").GetString() == "connected") == Lab.Nodes);
    }
}
