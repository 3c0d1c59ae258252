namespace HpcCr.Linux.Tests.Processes;

/// <summary>A folder that everybody may use, gone at the end.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Path = Directory.CreateTempSubdirectory("hpccr-linux-").FullName;
        File.SetUnixFileMode(Path, (UnixFileMode)0x1ff);
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
