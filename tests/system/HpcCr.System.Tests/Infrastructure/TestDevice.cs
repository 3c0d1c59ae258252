namespace HpcCr.SystemTests.Infrastructure;

/// <summary>A device file of a name that the engine cannot dump; it stands for /dev/fuse. Removed at the end.</summary>
/// <param name="Path">Its name.</param>
internal sealed record TestDevice(string Path) : IAsyncDisposable
{
    private bool _madeFolder;

    /// <summary>Makes it.</summary>
    public static async Task<TestDevice> MakeAsync(Hpccr hpccr, string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        var device = new TestDevice(path) { _madeFolder = !Directory.Exists(folder) };
        Directory.CreateDirectory(folder);
        (await hpccr.RunProgramAsync(CommandOptions.Default, ["mknod", "-m", "666", path, "c", "10", "229"])).EndsWith(0);
        return device;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        File.Delete(Path);
        if (_madeFolder) Directory.Delete(System.IO.Path.GetDirectoryName(Path)!);
        return ValueTask.CompletedTask;
    }
}
