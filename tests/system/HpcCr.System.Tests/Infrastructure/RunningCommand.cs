using System.Diagnostics;
using System.Text;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A command that runs beside the test.</summary>
internal sealed class RunningCommand : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _commandLine;
    private readonly TimeSpan _deadline;
    private readonly StringBuilder _stdout = new();
    private readonly StringBuilder _stderr = new();
    private readonly Task _reading;

    private RunningCommand(Process process, string commandLine, TimeSpan deadline)
    {
        (_process, _commandLine, _deadline) = (process, commandLine, deadline);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _stdout), ReadAsync(process.StandardError, _stderr));
    }

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>What it has written to standard output so far.</summary>
    public string Stdout => Text(_stdout);

    /// <summary>What it has written to standard error so far.</summary>
    public string Stderr => Text(_stderr);

    /// <summary>Starts a command with closed standard input.</summary>
    public static RunningCommand Start(IReadOnlyList<string> command, CommandOptions options)
    {
        // Whoever is started in the background of a shell ignores SIGINT, and so would what it starts.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,QUIT", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in options.Environment)
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new RunningCommand(process, string.Join(' ', command), options.Deadline);
    }

    /// <summary>Sends it a signal: <c>INT</c>, <c>TERM</c>, ...</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{Pid}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end; kills it at the deadline and fails.</summary>
    public async Task<CommandResult> EndAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(_deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            // A daemon that kept the pipe would hold the end of it back.
            await _reading.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            var state = HasEnded ? "has ended, but its output is still held open" : "has not ended";
            if (!HasEnded) _process.Kill();
            Assert.Fail($"{state} within {_deadline.TotalSeconds} s:\n$ {_commandLine}\n--- stdout\n{Stdout}\n--- stderr\n{Stderr}");
        }

        return new CommandResult(_commandLine, _process.ExitCode, Stdout, Stderr);
    }

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder into)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
            lock (into)
                into.Append(buffer, 0, count);
    }
}
