using System.Diagnostics;
using System.Text.Json;

namespace HpcCr.Cli.Tests.Support;

/// <summary>The command itself, run as users and scripts run it.</summary>
internal sealed class Hpccr : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private Hpccr(Process process) =>
        (_process, _output, _errors) = (process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

    public int Pid => _process.Id;

    public static Hpccr Start(string? coordinator, params string[] words)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hpccr"), words)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("HPCCR_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["HPCCR_RUN_DIR"] = "/nonexistent/hpccr-run";
        start.Environment["HPCCR_CKPT_DIR"] = "/nonexistent/hpccr-ckpt";
        if (coordinator is not null) start.Environment["HPCCR_COORDINATOR"] = $"unix:{coordinator}";
        return new Hpccr(Process.Start(start)!);
    }

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string? coordinator, params string[] words)
    {
        using var command = Start(coordinator, words);
        return await command.EndAsync();
    }

    public static async Task<(int ExitCode, JsonElement Document, string Errors)> JsonAsync(string? coordinator, params string[] words)
    {
        var (exitCode, output, errors) = await RunAsync(coordinator, words);
        // Fails unless it is one document and nothing else.
        return (exitCode, JsonDocument.Parse(output).RootElement, errors);
    }

    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
