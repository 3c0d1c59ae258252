using System.Diagnostics;
using System.Net.Sockets;

namespace HpcCr.Criu.Tests.Harness;

/// <summary>A `criu swrk` of its own, killed by pid at the end if it is still there.</summary>
internal sealed class RealEngine : IDisposable
{
    private readonly Process _process;
    private readonly CriuConnection _connection;

    private RealEngine(Process process, int descriptor)
    {
        _process = process;
        _connection = new CriuConnection(new SafeSocketHandle(descriptor, ownsHandle: true));
        Engine = new CriuEngine(_connection);
    }

    public CriuEngine Engine { get; }

    /// <summary>Starts one; skips the test where no engine is installed or we are not root.</summary>
    public static async Task<RealEngine> StartAsync()
    {
        Assert.SkipUnless(Environment.UserName == "root", "dumping needs root");
        var path = "";
        try
        {
            path = (await CriuInstallation.FindAsync(cancellationToken: TestContext.Current.CancellationToken)).Path;
        }
        catch (EngineNotFoundException e)
        {
            Assert.Skip(e.Message);
        }

        var (process, descriptor) = Spawner.StartWithSocket(path, "swrk");
        return new RealEngine(process, descriptor);
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _connection.Dispose();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
