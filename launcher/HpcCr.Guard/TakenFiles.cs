using HpcCr.Criu;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Guard;

/// <summary>Open files of the launcher that the engine of a restore takes in place of files of the images.</summary>
internal sealed class TakenFiles : IDisposable
{
    private const int FirstDescriptor = 10;
    private readonly List<(string Key, SafeFileHandle File)> _files = [];

    /// <summary>Takes our own copies.</summary>
    /// <exception cref="GuardException">One is not there.</exception>
    public TakenFiles(IEnumerable<TakenFile> files)
    {
        try
        {
            foreach (var file in files)
            {
                using var process = PidFd.Open(file.Pid);
                _files.Add((file.Key, process.GetFd(file.Descriptor_)));
            }
        }
        catch (LinuxException e)
        {
            Dispose();
            throw new GuardException($"a file that a plugin gave cannot be taken: {e.Message}");
        }
    }

    /// <summary>The descriptors of the engine, each with the one of ours that it gets.</summary>
    public IReadOnlyDictionary<int, int> Descriptors =>
        _files.Select((file, at) => (At: FirstDescriptor + at, Fd: (int)file.File.DangerousGetHandle())).ToDictionary(pair => pair.At, pair => pair.Fd);

    /// <summary>What the engine is told of them.</summary>
    public IReadOnlyList<InheritFd> Inherited => [.. _files.Select((file, at) => new InheritFd(FirstDescriptor + at, file.Key))];

    /// <summary>Closes what the engine has got.</summary>
    public void Dispose() => _files.ForEach(file => file.File.Dispose());
}
