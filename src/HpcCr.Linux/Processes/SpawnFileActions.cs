using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>The child's descriptors, as the steps that posix_spawn takes in the child.</summary>
internal sealed unsafe class SpawnFileActions : IDisposable
{
    private const int ReadWrite = 2;
    private readonly byte[] _memory = GC.AllocateArray<byte>(SpawnApi.ObjectSize, pinned: true);
    private readonly List<SafeFileHandle> _copies = [];

    public SpawnFileActions(SpawnOptions options)
    {
        Check("init", SpawnApi.InitActions(Pointer));
        if (options.WorkingDirectory is { } folder)
            Check($"addchdir_np {folder}", SpawnApi.AddChangeDirectory(Pointer, folder));

        // Targets and sources may overlap in any order, so the sources are first copied above all targets.
        int highest = Math.Max(2, options.Descriptors.Keys.DefaultIfEmpty(2).Max());
        foreach ((int target, int source) in options.Descriptors)
        {
            SafeFileHandle copy = Descriptor.Duplicate(source, highest + 1);
            _copies.Add(copy);
            Check($"adddup2 {target}", SpawnApi.AddDuplicate(Pointer, Descriptor.Number(copy), target));
        }

        for (int fd = 0; fd <= highest; fd++)
        {
            if (options.Descriptors.ContainsKey(fd))
                continue;
            Check($"{fd}", fd <= 2 ? SpawnApi.AddOpen(Pointer, fd, "/dev/null", ReadWrite, 0) : SpawnApi.AddClose(Pointer, fd));
        }

        Check("addclosefrom_np", SpawnApi.AddCloseFrom(Pointer, highest + 1));
    }

    public byte* Pointer => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);

    public void Dispose()
    {
        _ = SpawnApi.DestroyActions(Pointer);
        _copies.ForEach(copy => copy.Dispose());
        _copies.Clear();
    }

    private static void Check(string step, int errno)
    {
        if (errno != 0)
            throw new LinuxException($"posix_spawn_file_actions({step})", errno);
    }
}
