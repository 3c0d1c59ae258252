namespace HpcCr.Linux;

/// <summary>The child's signals and session: every signal at its default, none blocked.</summary>
internal sealed unsafe class SpawnAttributes : IDisposable
{
    private readonly byte[] _memory = GC.AllocateArray<byte>(SpawnApi.ObjectSize, pinned: true);

    public SpawnAttributes(bool newSession)
    {
        byte* all = stackalloc byte[SpawnApi.SignalSetSize];
        byte* none = stackalloc byte[SpawnApi.SignalSetSize];
        new Span<byte>(all, SpawnApi.SignalSetSize).Fill(0xff);
        new Span<byte>(none, SpawnApi.SignalSetSize).Clear();
        short flags = SpawnApi.SetSignalDefaults | SpawnApi.SetSignalMask;
        Check(SpawnApi.InitAttributes(Pointer));
        Check(SpawnApi.SetDefaults(Pointer, all));
        Check(SpawnApi.SetMask(Pointer, none));
        Check(SpawnApi.SetFlags(Pointer, newSession ? (short)(flags | SpawnApi.SetSession) : flags));
    }

    public byte* Pointer => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);

    public void Dispose() => _ = SpawnApi.DestroyAttributes(Pointer);

    private static void Check(int errno)
    {
        if (errno != 0)
            throw new LinuxException("posix_spawnattr", errno);
    }
}
