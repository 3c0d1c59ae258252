using System.Diagnostics;
using System.Globalization;

namespace HpcCr.Criu.Tests.Harness;

/// <summary>A task to be dumped, killed by pid at the end, in whichever incarnation it then lives.</summary>
internal sealed class Victim : IDisposable
{
    private Process? _process;
    private readonly string _file;

    private Victim(Process process, string file)
    {
        _process = process;
        _file = file;
        Pid = process.Id;
    }

    public int Pid { get; }

    public bool IsAlive
    {
        get
        {
            try
            {
                return !File.ReadAllText($"/proc/{Pid}/stat").Contains(") Z ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Starts one and waits until it is in its state.</summary>
    public static async Task<Victim> StartAsync(VictimProgram program, TestFolder folder, string mode, string argument = "0")
    {
        var file = folder.File("victim." + mode);
        var victim = new Victim(Spawner.Start(program.Path, mode, file, argument), file);
        await Until(() => File.Exists(file) && new FileInfo(file).Length > 0, $"victim {mode} reaches its state");
        return victim;
    }

    /// <summary>The number that mode count has reached.</summary>
    public long Count() => long.Parse(File.ReadAllText(_file), CultureInfo.InvariantCulture);

    public void AppendToFile(string text) => File.AppendAllText(_file, text);

    public long FileLength() => new FileInfo(_file).Length;

    public Task CountsOnFrom(long count) => Until(() => Count() > count + 5, $"victim {Pid} counts on from {count}");

    /// <summary>Kills it and waits until its pid is free.</summary>
    public void Kill()
    {
        _ = Native.Kill(Pid, Native.SigKill);
        Reap();
    }

    /// <summary>Waits until the killed task's pid is free.</summary>
    public void Reap()
    {
        if (_process is null)
        {
            _ = Native.WaitPid(Pid, out _, 0);
            return;
        }

        // .NET must forget the pid: where it still knows one as a dead Process, a new zombie of the same number (a restored task)
        // makes its SIGCHLD thread spin for ever.
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Waits until it has ended: who kills it need not wait for that.</summary>
    public Task HasEnded() => Until(() => !IsAlive, $"victim {Pid} ends");

    public void Dispose()
    {
        if (IsAlive) Kill();
        else if (_process is not null || File.Exists($"/proc/{Pid}")) Reap();
    }

    private static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"waited in vain until {what}");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}
