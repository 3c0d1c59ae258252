using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HpcCr.Linux.Tests;

/// <summary>A process that has opened a connection as its descriptor 9 and waits for its stdin to end.</summary>
internal sealed partial class OtherProcess : IDisposable
{
    private const nint PidfdOpen = 434;
    private const nint PidfdGetfd = 438;
    private const int Connection = 9;

    private readonly Process _process;

    /// <summary>Starts it in the calling thread's network namespace.</summary>
    /// <param name="port">Where on 127.0.0.1 it connects.</param>
    /// <param name="cgroup">The cgroup folder that it moves to first; null to stay.</param>
    internal OtherProcess(int port, string? cgroup = null)
    {
        var move = cgroup is null ? "" : $"echo $$ > {cgroup}/cgroup.procs && ";
        _process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", $"{move}exec {Connection}<>/dev/tcp/127.0.0.1/{port} && echo open && read"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("open", _process.StandardOutput.ReadLine());
    }

    internal int Pid => _process.Id;

    /// <summary>The connection itself, as a socket of ours.</summary>
    internal Socket TakeConnection()
    {
        var process = Syscall(PidfdOpen, Pid, 0, 0);
        var taken = Syscall(PidfdGetfd, process, Connection, 0);
        _ = Close((int)process);
        Assert.True(taken >= 0);
        return new Socket(new SafeSocketHandle(taken, ownsHandle: true));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
