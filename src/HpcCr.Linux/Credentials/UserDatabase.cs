using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The host's users and groups, through NSS (files, LDAP, sssd, ...): getpwnam_r(3), getgrouplist(3).</summary>
public static unsafe partial class UserDatabase
{
    private const int FirstBuffer = 4096;
    private const int LargestBuffer = 1 << 20;

    /// <summary>A user by number.</summary>
    /// <param name="uid">The user.</param>
    /// <returns>The entry; null when no database knows the number.</returns>
    /// <exception cref="LinuxException">A database could not be asked.</exception>
    public static UserEntry? Find(uint uid) =>
        Find($"getpwuid_r({uid})", (entry, buffer, size, found) => GetPasswd(uid, entry, buffer, size, found));

    /// <summary>A user by name.</summary>
    /// <param name="name">The login name.</param>
    /// <returns>The entry; null when no database knows the name.</returns>
    /// <exception cref="LinuxException">A database could not be asked.</exception>
    public static UserEntry? Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Find($"getpwnam_r({name})", (entry, buffer, size, found) => GetPasswd(name, entry, buffer, size, found));
    }

    private static UserEntry? Find(string call, Lookup lookup)
    {
        for (int size = FirstBuffer; ; size *= 4)
        {
            Passwd entry = default;
            Passwd* found = null;
            byte* buffer = (byte*)NativeMemory.Alloc((nuint)size);
            try
            {
                int errno = lookup(&entry, buffer, (nuint)size, &found);
                if (errno == Errno.ERANGE && size < LargestBuffer)
                    continue;
                if (found is not null)
                    return new UserEntry(Text(entry.Name), entry.Uid, entry.Gid, Text(entry.Home), Text(entry.Shell));

                // "Not found" is 0 or one of several numbers, by database (getpwnam_r(3)).
                if (errno is 0 or Errno.ENOENT or Errno.ESRCH or Errno.EBADF or Errno.EPERM)
                    return null;
                throw new LinuxException(call, errno);
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }
    }

    /// <summary>All groups a user is in.</summary>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The primary group to count in, whatever the database says.</param>
    /// <returns>Group numbers, <paramref name="gid"/> among them; only it for a user that no database knows.</returns>
    /// <exception cref="LinuxException">A database could not be asked.</exception>
    public static IReadOnlyList<uint> Groups(uint uid, uint gid)
    {
        if (Find(uid) is not { } user)
            return [gid];
        for (int room = 64; ; room *= 4)
        {
            uint[] groups = new uint[room];
            int count = room;
            fixed (uint* pointer = groups)
            {
                if (GetGroupList(user.Name, gid, pointer, ref count) >= 0)
                    return groups[..count];
            }
        }
    }

    private static string Text(byte* pointer) => Marshal.PtrToStringUTF8((nint)pointer) ?? "";

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int GetPasswd(uint uid, Passwd* entry, byte* buffer, nuint size, Passwd** result);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetPasswd(string name, Passwd* entry, byte* buffer, nuint size, Passwd** result);

    [LibraryImport("libc", EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGroupList(string user, uint group, uint* groups, ref int count);

    private delegate int Lookup(Passwd* entry, byte* buffer, nuint size, Passwd** found);

    [StructLayout(LayoutKind.Sequential)]
    private struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* Comment;
        public byte* Home;
        public byte* Shell;
    }
}
