using HpcCr.Core.Tests.Manifests;

namespace HpcCr.Core.Tests.Restart;

/// <summary>An epoch's folder, in a place with spaces and quotes, and an hpccr that prints its arguments and ends with 42.</summary>
internal sealed class FakeEpoch : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hpccr-core-").FullName;

    public FakeEpoch(string script)
    {
        Directory.CreateDirectory(Path);
        File.WriteAllText(Script, script);
        File.WriteAllText(Hpccr, "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 42\n");
        File.SetUnixFileMode(Hpccr, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path => System.IO.Path.Combine(_root, "it's a $HOME \"folder\"", "epoch-000012");

    public string Latest => System.IO.Path.Combine(_root, "latest");

    public string Script => System.IO.Path.Combine(Path, "restart.sh");

    public string Hpccr => System.IO.Path.Combine(_root, "my hpccr");

    public static FakeEpoch Whole()
    {
        var epoch = new FakeEpoch(RestartScript.Render(Sample.Manifest));
        File.WriteAllBytes(System.IO.Path.Combine(epoch.Path, "manifest.json"), ManifestReader.Write(Sample.Manifest));
        foreach (var node in Sample.Spec.Nodes)
            Directory.CreateDirectory(System.IO.Path.Combine(epoch.Path, node));
        return epoch;
    }

    public void Remove(string part)
    {
        var path = System.IO.Path.Combine(Path, part);
        if (Directory.Exists(path))
            Directory.Delete(path);
        else
            File.Delete(path);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
