using System.Diagnostics;

namespace HpcCr.Linux.Tests;

/// <summary>Another node at 10.9.0.2, one wire away from the calling thread's network namespace (10.9.0.1): a process in a namespace of its own.</summary>
internal sealed class FarNode : IDisposable
{
    internal const string Near = "10.9.0.1";
    internal const string Far = "10.9.0.2";

    private readonly Process _process;

    internal FarNode(int port)
    {
        // Each step begins when a line comes in and is reported by a line.
        var script = $"echo ready; read; ip addr add {Far}/24 dev far && ip link set far up && exec 9<>/dev/tcp/{Near}/{port} && echo open; read; echo ping >&9; echo sent; read";
        _process = Process.Start(new ProcessStartInfo("unshare", ["-n", "bash", "-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Expect("ready");
        using var wire = Process.Start("bash", ["-c", $"ip link add near type veth peer name far netns {_process.Id} && ip addr add {Near}/24 dev near && ip link set near up"]);
        wire.WaitForExit();
        Assert.Equal(0, wire.ExitCode);
    }

    internal void Connect() => Step("open");

    /// <summary>Writes five bytes.</summary>
    internal void SendPing() => Step("sent");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Step(string report)
    {
        _process.StandardInput.WriteLine();
        Expect(report);
    }

    private void Expect(string report) => Assert.Equal(report, _process.StandardOutput.ReadLine());
}
