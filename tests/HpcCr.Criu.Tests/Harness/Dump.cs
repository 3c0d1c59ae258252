namespace HpcCr.Criu.Tests.Harness;

/// <summary>Images of a real task, made once; the task is gone.</summary>
internal sealed class Dump : IDisposable
{
    private readonly TestFolder _folder = new();

    private Dump()
    {
    }

    /// <summary>Where mode mounts mounts.</summary>
    public string MountPoint => _folder.Fresh("mount");

    public string Images => _folder.Fresh("images");

    /// <summary>What the task wrote about itself, where that is a number.</summary>
    public long Number { get; private set; }

    public static async Task<Dump> OfAsync(VictimProgram program, string mode)
    {
        var dump = new Dump();
        using var victim = await Victim.StartAsync(program, dump._folder, mode, mode is "mounts" ? dump.MountPoint : "0");
        using var engine = await RealEngine.StartAsync();
        var options = new DumpOptions { ImagesDirectory = dump.Images, RootPid = victim.Pid };
        var outcome = await engine.Engine.DumpAsync(options, AcceptAll.Instance, TestContext.Current.CancellationToken);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        if (mode is "sockets") dump.Number = victim.Count();
        return dump;
    }

    /// <summary>A second copy of the images, to be changed.</summary>
    public string Copy()
    {
        var copy = _folder.Fresh("copy");
        foreach (var path in Directory.GetFiles(Images)) File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
        return copy;
    }

    public void Dispose() => _folder.Dispose();
}
