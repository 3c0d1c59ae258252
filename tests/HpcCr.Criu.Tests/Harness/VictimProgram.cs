using System.Diagnostics;

namespace HpcCr.Criu.Tests.Harness;

/// <summary>Programs/victim.c, compiled once a run.</summary>
public sealed class VictimProgram : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpccr-victim-").FullName;

    public VictimProgram()
    {
        Path = System.IO.Path.Combine(_folder, "victim");
        var source = System.IO.Path.Combine(AppContext.BaseDirectory, "Programs/victim.c");
        using var gcc = Process.Start("gcc", ["-O1", "-o", Path, source]);
        gcc.WaitForExit();
        Assert.Equal(0, gcc.ExitCode);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
