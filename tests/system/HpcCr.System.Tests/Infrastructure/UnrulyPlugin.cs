using System.Text.Json.Nodes;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A plugin that does what it is told to: see tests/programs/plugin.py.</summary>
/// <param name="Folder">Its folder.</param>
internal sealed record UnrulyPlugin(string Folder)
{
    /// <summary>Its name.</summary>
    public const string Name = "unruly";

    private static readonly string[] Events = ["quiesce", "preDump", "postDump", "resumed", "preRestore", "reconnect", "restored", "aborted"];

    private string Behaviour => Path.Combine(Folder, "behaviour");

    /// <summary>Makes a plugin with short deadlines.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="change">What else plugin.json says.</param>
    public static UnrulyPlugin Make(string folder, Action<JsonObject>? change = null)
    {
        Directory.CreateDirectory(folder);
        File.Copy(TestPrograms.Plugin, Path.Combine(folder, "plugin.py"));
        var json = new JsonObject { ["name"] = Name, ["api"] = 1, ["run"] = new JsonArray("./plugin.py"), ["deadlines"] = new JsonObject(Events.Select(e => KeyValuePair.Create<string, JsonNode?>(e, 400))) };
        change?.Invoke(json);
        File.WriteAllText(Path.Combine(folder, "plugin.json"), json.ToJsonString());
        return new UnrulyPlugin(folder);
    }

    /// <summary>From now on it does this: <c>preDump hang</c>. Null: it behaves.</summary>
    public void Behave(string? how)
    {
        File.Delete(Behaviour);
        if (how is not null)
            File.WriteAllText(Behaviour, how);
    }

    /// <summary>The events that it has heard of, of all its processes.</summary>
    public IReadOnlyList<string> Heard => File.ReadAllLines(Path.Combine(Folder, "heard"));

    /// <summary>Fails when a process or a cgroup of a job's plugins is left.</summary>
    public static void AssertGone(TestJob job)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", $"plugin~*+{job.Name}*", options));
        Assert.DoesNotContain(ProcessText.Pids(), pid => ProcessText.Of($"/proc/{pid}/environ").Contains($"HPCCR_JOB={job.Name}\0HPCCR_SANDBOX=", StringComparison.Ordinal));
    }
}
