using Microsoft.Extensions.Hosting;

namespace HpcCr.Rpc;

/// <summary>Leaves signals to the program: a server is a part of it, not its master.</summary>
internal sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
