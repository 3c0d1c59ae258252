namespace HpcCr.Rpc.Tests;

/// <summary>The independent client against our server; python/client.py holds the expectations.</summary>
public sealed class PythonClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("unary")]
    [InlineData("empty")]
    [InlineData("large")]
    [InlineData("server_stream")]
    [InlineData("client_stream")]
    [InlineData("duplex")]
    [InlineData("error")]
    [InlineData("metadata")]
    [InlineData("deadline")]
    [InlineData("cancel")]
    [InlineData("too_long")]
    [InlineData("unimplemented")]
    [InlineData("crash")]
    [InlineData("compressed")]
    [InlineData("garbage")]
    [InlineData("many")]
    public async Task Server_WhenAnIndependentClientCalls_DoesWhatItExpects(string what)
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"));
        await using var client = await Python.StartAsync("client.py", _folder.File("generated"), $"unix:{server.SocketPath}", what);
        await client.ExpectLineAsync("passed");
    }

    [Fact]
    public async Task Server_WhenTheClientsProcessVanishes_CancelsItsHandler()
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"));
        await using var client = await Python.StartAsync("client.py", _folder.File("generated"), $"unix:{server.SocketPath}", "lost");
        await client.ExpectLineAsync("passed");
        await server.Service.CancelledAsync("lost").WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Dispose();
}
