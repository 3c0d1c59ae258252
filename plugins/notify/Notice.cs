using System.Diagnostics;
using System.Text.Json;

namespace HpcCr.Plugins.Notify;

/// <summary>What is done at one moment.</summary>
/// <param name="Signal">A signal's name without SIG; null: none.</param>
/// <param name="To">The program that gets it, as the kernel names its processes.</param>
/// <param name="Run">A command to run beside the job; empty: none.</param>
/// <param name="Everywhere">Whether it runs in every sandbox, and not only in that of the job's command.</param>
internal sealed record Notice(string? Signal, string? To, IReadOnlyList<string> Run, bool Everywhere)
{
    private static readonly string[] Known = ["signal", "to", "run", "everywhere"];

    /// <summary>Reads one of <c>before</c>, <c>after</c>, <c>restored</c>.</summary>
    /// <exception cref="PluginVetoException">It is wrong.</exception>
    public static Notice Read(JsonElement json, string when)
    {
        try
        {
            if (json.EnumerateObject().FirstOrDefault(property => !Known.Contains(property.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
                throw Wrong($"'{when}' has '{unknown.Name}', which is not known");
            var notice = new Notice(
                json.TryGetProperty("signal", out var signal) ? signal.GetString() : null,
                json.TryGetProperty("to", out var to) ? to.GetString() : null,
                json.TryGetProperty("run", out var run) ? [.. run.EnumerateArray().Select(word => word.GetString()!)] : [],
                json.TryGetProperty("everywhere", out var everywhere) && everywhere.GetBoolean());
            // A signal that a program does not expect ends it.
            return notice.Signal is null || notice.To is not null ? notice : throw Wrong($"'{when}' has a signal and does not say to which program it goes");
        }
        catch (InvalidOperationException)
        {
            throw Wrong($"'{when}' is not as it must be");
        }
    }

    /// <summary>Sends the signal.</summary>
    /// <param name="pids">The sandbox's processes; none: nothing is sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>To how many.</returns>
    public async Task<int> SignalAsync(IReadOnlyList<int> pids, CancellationToken cancellationToken)
    {
        var wanted = pids.Where(pid => NameOf(pid) == To).ToList();
        if (wanted.Count == 0)
            return 0;
        using var kill = Process.Start("kill", ["-s", Signal!, "--", .. wanted.Select(pid => $"{pid}")]);
        await kill.WaitForExitAsync(cancellationToken);
        return wanted.Count;
    }

    private static PluginVetoException Wrong(string what) => new($"its configuration is wrong: {what}", "The README of notify shows what it has.");

    private static string NameOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
