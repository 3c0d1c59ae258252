using System.Globalization;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Processes on a node that were started by hand, as a user at a shell there would, and then attached.</summary>
/// <param name="Lab">The lab.</param>
/// <param name="Node">The node.</param>
/// <param name="Pid">The root of the tree, as the node numbers it.</param>
/// <param name="Output">What standard output and error were redirected to.</param>
internal sealed record AttachedTree(Lab Lab, string Node, int Pid, string Output)
{
    /// <summary>What it has written.</summary>
    public IReadOnlyList<string> Lines => File.Exists(Output) ? TestJob.LinesOf(Output) : [];

    /// <summary>The line with its result.</summary>
    public string FinalLine => Lines.Last(line => line.StartsWith("final ", StringComparison.Ordinal));

    /// <summary>Starts a command in the background of a shell that ends at once.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="command">A shell command; <c>$OUT</c> is the file for its output.</param>
    /// <param name="node">The node.</param>
    /// <param name="options">Whose shell it is.</param>
    public static async Task<AttachedTree> StartAsync(Lab lab, string command, string node = "node1", CommandOptions? options = null)
    {
        var output = Path.Combine(lab.NewFolder("tree"), "out");
        File.WriteAllText(output, "");
        File.SetUnixFileMode(output, (UnixFileMode)0x1b6);
        var script = $"OUT={output}; cd /; {command} < /dev/null > $OUT 2>&1 & echo $!";
        // A session of the node's: what `lab exec` starts belongs to one of the host's.
        // Not by way of a pipe to this test, and with the mark by which leftovers are known.
        string[] shell = ["lab", "exec", node, "--", "env", $"{Hpccr.TagVariable}={lab.Hpccr.Tag}", .. (options ?? CommandOptions.Default).Prefix, "setsid", "--wait", "bash", "-c", script];
        var said = (await lab.Hpccr.RunAsync(shell)).EndsWith(0);
        return new AttachedTree(lab, node, int.Parse(said.Stdout, CultureInfo.InvariantCulture), output);
    }

    /// <summary>Attaches it; fails the test when it fails.</summary>
    public async Task<TestJob> AttachAsync(string stem, CommandOptions? options = null)
    {
        var name = Lab.NewName(stem);
        var said = (await Lab.Hpccr.RunAsync(options ?? CommandOptions.Default, "attach", "--pid", $"{Node}:{Pid}", "--name", name, "--json")).EndsWith(0);
        Assert.Equal("Running", said.Json.GetProperty("state").GetString());
        return new TestJob(Lab.Hpccr, name, Path.Combine(Lab.Hpccr.CheckpointDirectory, name), options ?? CommandOptions.Default);
    }

    /// <summary>Waits until it has written another line than those so far.</summary>
    public Task WaitForMoreAsync()
    {
        var before = Lines.Count;
        return Await.UntilAsync($"more than {before} lines in {Output}", () => Lines.Count > before);
    }

    /// <summary>Runs a command on its node.</summary>
    public Task<CommandResult> ExecAsync(params IEnumerable<string> command) => Lab.Hpccr.RunAsync(["lab", "exec", Node, "--", .. command]);
}
