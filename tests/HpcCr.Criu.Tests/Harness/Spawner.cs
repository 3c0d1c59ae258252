using System.Diagnostics;

namespace HpcCr.Criu.Tests.Harness;

/// <summary>Starts all processes of the tests, one at a time, so that none inherits the engine's socket end of another.</summary>
internal static class Spawner
{
    private static readonly Lock Gate = new();

    public static Process Start(string path, params string[] arguments)
    {
        lock (Gate) return Process.Start(new ProcessStartInfo(path, arguments) { WorkingDirectory = "/" })!;
    }

    /// <summary>Starts a program with one end of a fresh socketpair, its number as the last argument.</summary>
    public static (Process Process, int Descriptor) StartWithSocket(string path, params string[] arguments)
    {
        lock (Gate)
        {
            var (ours, theirs) = Native.SocketPair();
            Native.SetCloseOnExec(ours);
            try
            {
                return (Process.Start(new ProcessStartInfo(path, [.. arguments, $"{theirs}"]) { WorkingDirectory = "/" })!, ours);
            }
            finally
            {
                _ = Native.Close(theirs);
            }
        }
    }
}
