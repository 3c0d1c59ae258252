using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>bpf(2): loading a program for a cgroup's socket addresses, and attaching it; and one that is called for every thread.</summary>
internal static unsafe partial class BpfApi
{
    private const int LoadProgram = 5;
    private const int AttachProgram = 8;
    private const int CreateLink = 28;
    private const int CreateIterator = 33;
    private const int SocketAddressProgram = 18;
    private const int TracingProgram = 26;
    private const int IteratorHook = 28;
    private const int AllowOthers = 2;
    private const int InstructionBytes = 8;

    private static long CallNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    /// <summary>Has the kernel check a program and keep it.</summary>
    /// <exception cref="LinuxException">EPERM: needs CAP_BPF and CAP_NET_ADMIN; EINVAL: the kernel has no such hook, or refused the program.</exception>
    public static SafeFileHandle Load(ReadOnlySpan<byte> instructions, AddressHook hook)
    {
        fixed (byte* code = instructions)
        fixed (byte* license = "GPL\0"u8)
        fixed (byte* name = "hpccr\0"u8)
        {
            var attributes = new LoadAttributes
            {
                Type = SocketAddressProgram,
                Count = (uint)(instructions.Length / InstructionBytes),
                Instructions = (ulong)code,
                License = (ulong)license,
                Hook = (uint)hook,
            };
            Buffer.MemoryCopy(name, attributes.Name, 16, 6);
            var fd = SystemCall(CallNumber, LoadProgram, &attributes, sizeof(LoadAttributes));
            return fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : throw LinuxException.Last($"bpf(load {hook})");
        }
    }

    /// <summary>Puts a program into force for a cgroup and all below it, until the cgroup goes.</summary>
    /// <exception cref="LinuxException">EPERM: an ancestor has a program that admits no other.</exception>
    public static void Attach(SafeFileHandle cgroup, SafeFileHandle program, AddressHook hook)
    {
        var attributes = new AttachAttributes
        {
            Cgroup = (uint)(nint)cgroup.DangerousGetHandle(),
            Program = (uint)(nint)program.DangerousGetHandle(),
            Hook = (uint)hook,
            Flags = AllowOthers,
        };
        if (SystemCall(CallNumber, AttachProgram, &attributes, sizeof(AttachAttributes)) < 0)
            throw LinuxException.Last($"bpf(attach {hook})");
    }

    /// <summary>Has the kernel check a program that is called for each object of a kind, and keep it.</summary>
    /// <param name="instructions">The program.</param>
    /// <param name="function">The kind, as the number of its function in the kernel's type description.</param>
    /// <returns>A link to it, for <see cref="Iterate"/>.</returns>
    /// <exception cref="LinuxException">EPERM: needs CAP_BPF and CAP_PERFMON; EINVAL: the kernel refused the program.</exception>
    public static SafeFileHandle LoadIterator(ReadOnlySpan<byte> instructions, int function)
    {
        fixed (byte* code = instructions)
        fixed (byte* license = "GPL\0"u8)
        fixed (byte* name = "hpccr\0"u8)
        {
            var attributes = new LoadAttributes
            {
                Type = TracingProgram,
                Count = (uint)(instructions.Length / InstructionBytes),
                Instructions = (ulong)code,
                License = (ulong)license,
                Hook = IteratorHook,
                Function = (uint)function,
            };
            Buffer.MemoryCopy(name, attributes.Name, 16, 6);
            using var program = Opened(SystemCall(CallNumber, LoadProgram, &attributes, sizeof(LoadAttributes)), "load iterator");
            var link = new LinkAttributes { Program = (uint)(nint)program.DangerousGetHandle(), Hook = IteratorHook };
            return Opened(SystemCall(CallNumber, CreateLink, &link, sizeof(LinkAttributes)), "link iterator");
        }
    }

    /// <summary>Opens a file whose reading calls the program for each object and gives what it writes.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static SafeFileHandle Iterate(SafeFileHandle link)
    {
        var attributes = new LinkAttributes { Program = (uint)(nint)link.DangerousGetHandle() };
        return Opened(SystemCall(CallNumber, CreateIterator, &attributes, 8), "iterate");
    }

    private static SafeFileHandle Opened(long descriptor, string what) =>
        descriptor >= 0 ? new SafeFileHandle((nint)descriptor, ownsHandle: true) : throw LinuxException.Last($"bpf({what})");

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long command, void* attributes, long size);

    [StructLayout(LayoutKind.Sequential)]
    private struct LoadAttributes
    {
        public uint Type;
        public uint Count;
        public ulong Instructions;
        public ulong License;
        public uint LogLevel;
        public uint LogSize;
        public ulong Log;
        public uint KernelVersion;
        public uint Flags;
        public fixed byte Name[16];
        public uint Device;
        public uint Hook;
        public uint TypeDescription;
        public uint FunctionRecordSize;
        public ulong Functions;
        public uint FunctionCount;
        public uint LineRecordSize;
        public ulong Lines;
        public uint LineCount;
        public uint Function;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAttributes
    {
        public uint Program;
        public uint Target;
        public uint Hook;
        public uint Flags;
        public ulong Information;
        public uint InformationSize;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct AttachAttributes
    {
        public uint Cgroup;
        public uint Program;
        public uint Hook;
        public uint Flags;
        public uint Replaced;
    }
}
