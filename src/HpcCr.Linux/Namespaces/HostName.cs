using System.Runtime.InteropServices;
using System.Text;

namespace HpcCr.Linux;

/// <summary>The host name of the calling thread's uts namespace.</summary>
public static partial class HostName
{
    /// <summary>Sets it; without a uts namespace of the thread's own this renames the host.</summary>
    /// <param name="name">The name, at most 64 bytes.</param>
    /// <exception cref="LinuxException">EPERM: needs CAP_SYS_ADMIN; EINVAL: too long.</exception>
    public static unsafe void Set(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* pointer = bytes)
        {
            if (SetHostName(pointer, (nuint)bytes.Length) != 0)
                throw LinuxException.Last($"sethostname({name})");
        }
    }

    [LibraryImport("libc", EntryPoint = "sethostname", SetLastError = true)]
    private static unsafe partial int SetHostName(byte* name, nuint length);
}
