using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HpcCr.Plugins.Redial;

/// <summary>A program that says what a peer must hear before the job goes on talking to it.</summary>
internal static partial class Handshake
{
    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int CloseOnExec = 1;
    private static readonly SemaphoreSlim Starting = new(1, 1);

    /// <summary>Runs it with the connection as its standard input and output.</summary>
    /// <exception cref="PluginVetoException">It did not go well.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, Socket socket, OutsideConnection old, IPEndPoint to, CancellationToken cancellationToken)
    {
        using var process = await StartAsync(command, socket, old, to, cancellationToken);
        try
        {
            var said = await process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new PluginVetoException($"the handshake with {to} ended with {process.ExitCode}{(said.Trim() is { Length: > 0 } words ? $": {words.Split('\n')[^1]}" : "")}",
                    $"See to {command[0]} or to that server, and restart again.");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new PluginVetoException($"the handshake with {to} did not end in time", $"See to {command[0]} or to that server, and restart again.");
        }
    }

    // .NET starts programs with pipes only: a shell puts the socket in their place. No other program may get it meanwhile.
    private static async Task<Process> StartAsync(IReadOnlyList<string> command, Socket socket, OutsideConnection old, IPEndPoint to, CancellationToken cancellationToken)
    {
        var descriptor = (int)socket.Handle;
        var start = new ProcessStartInfo("bash", ["-c", $"exec \"$@\" <&{descriptor} >&{descriptor} {descriptor}>&-", "bash", .. command])
        {
            RedirectStandardError = true,
            Environment = { ["REDIAL_LOCAL"] = old.Local, ["REDIAL_REMOTE"] = old.Remote, ["REDIAL_TO"] = to.ToString() },
        };
        await Starting.WaitAsync(cancellationToken);
        try
        {
            _ = SetFlags(descriptor, SetDescriptorFlags, 0);
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PluginVetoException($"bash, which the handshake needs, cannot be run: {e.Message}", "Install bash on this node.");
        }
        finally
        {
            _ = SetFlags(descriptor, SetDescriptorFlags, CloseOnExec);
            Starting.Release();
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int SetFlags(int descriptor, int command, int flags);
}
