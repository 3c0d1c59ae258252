using System.Diagnostics;

namespace HpcCr.Rpc.Tests;

/// <summary>The independent gRPC implementation (python3-grpcio), as processes of the test that owns it.</summary>
internal sealed class Python : IAsyncDisposable
{
    private const string Interpreter = "/usr/bin/python3";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private bool _disposed;

    private Python(Process process) => _process = process;

    /// <summary>Starts a script; skips the test with the reason when python3-grpcio is missing. Generated code goes into the folder.</summary>
    public static async Task<Python> StartAsync(string script, string generated, params string[] arguments)
    {
        await GenerateAsync(generated);
        return new Python(Run([Source("python", script), generated, .. arguments]));
    }

    /// <summary>Waits for a line of its output.</summary>
    public async Task ExpectLineAsync(string line)
    {
        var read = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (read != line)
            Assert.Fail($"python said \"{read}\" instead of \"{line}\": {await _process.StandardError.ReadToEndAsync().WaitAsync(Patience)}");
    }

    /// <summary>Ends this process, and no other.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task GenerateAsync(string generated)
    {
        if (!File.Exists(Interpreter))
            Assert.Skip($"{Interpreter} is missing");
        Directory.CreateDirectory(generated);
        const string program =
            """
            import sys
            try:
                import grpc
                from grpc_tools import protoc
            except ImportError as missing:
                sys.exit("python3-grpcio and python3-grpc-tools are needed: %s" % missing)
            sys.exit(protoc.main(["protoc", "-I", sys.argv[1], "--python_out", sys.argv[2], "--grpc_python_out", sys.argv[2], "interop.proto"]))
            """;
        using var process = Run(["-c", program, Source("protos"), generated]);
        var errors = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        if (errors.Contains("are needed", StringComparison.Ordinal))
            Assert.Skip(errors);
        Assert.True(process.ExitCode == 0, errors);
    }

    private static string Source(params string[] names) => Path.Combine([AppContext.BaseDirectory, .. names]);

    private static Process Run(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Interpreter, ["-B", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "*";
        return Process.Start(start)!;
    }
}
