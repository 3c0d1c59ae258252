using System.ComponentModel;
using System.Diagnostics;
using HpcCr.Cli.Connection;
using HpcCr.Launcher;

namespace HpcCr.Cli.Processes;

/// <summary>Runs the small programs that the lab is made with, each with a clean environment.</summary>
internal static class Tool
{
    /// <summary>Where programs are looked for.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // Where the runtime and the engine are installed is a fact of the machine, which its nodes share.
    private static readonly string[] Kept = [RunLayout.Variable, "SLURM_CONF", "DOTNET_ROOT", "DOTNET_ROOT_X64", "HPCCR_CRIU", "HPCCR_PREFIX", CoordinatorAddress.KeyVariable, SigningKeys.Variable];

    /// <summary>One of the scripts that come with hpccr.</summary>
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Scripts", name);

    /// <summary>How to start a program with nothing of the caller's environment.</summary>
    public static ProcessStartInfo Clean(string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { UseShellExecute = false, WorkingDirectory = "/" };
        var kept = Kept.Select(name => (name, value: Environment.GetEnvironmentVariable(name))).Where(v => v.value is not null).ToList();
        start.Environment.Clear();
        start.Environment["PATH"] = SearchPath;
        start.Environment["HOME"] = "/root";
        start.Environment["LANG"] = "C.UTF-8";
        foreach (var (name, value) in kept) start.Environment[name] = value;
        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its exit code, output, and error output.</returns>
    public static Task<(int ExitCode, string Output, string Errors)> TryRunAsync(
        string file, IEnumerable<string> arguments, string input, CancellationToken cancellationToken) => TryRunAsync(Clean(file, arguments), input, cancellationToken);

    /// <summary>Runs a program to its end, as it is to be started.</summary>
    /// <returns>Its exit code, output, and error output.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> TryRunAsync(ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new HpcCrException(FailureKind.Unsupported, $"the program {start.FileName} cannot be started: {e.Message}",
                "Run setup.sh, which installs what is missing.", e);
        }

        using (process)
        {
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(limit.Token);
                var errors = process.StandardError.ReadToEndAsync(limit.Token);
                await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
                process.StandardInput.Close();
                await process.WaitForExitAsync(limit.Token);
                return (process.ExitCode, await output, await errors);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                process.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                throw new HpcCrException(FailureKind.Failed, $"{Path.GetFileName(start.FileName)} did not end within {Deadline.TotalSeconds} s", "", e);
            }
        }
    }

    /// <summary>Runs a program to its end and fails when it does.</summary>
    public static async Task RunAsync(
        string doing, string file, IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        var (exitCode, _, errors) = await TryRunAsync(file, arguments, input, cancellationToken);
        if (exitCode != 0)
            throw new HpcCrException(FailureKind.Failed, $"{doing} failed: {FirstLine(errors, exitCode)}",
                "`hpccr doctor` shows what this machine lacks.");
    }

    private static string FirstLine(string errors, int exitCode) =>
        errors.Split('\n').FirstOrDefault(line => line.Trim().Length > 0) is { } line
            ? JobName.Printable(line.Trim())
            : $"exit code {exitCode}";
}
