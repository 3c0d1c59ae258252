using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>Mounts in the calling thread's mount namespace (mount(2), umount2(2)). All need CAP_SYS_ADMIN.</summary>
public static partial class Mounts
{
    private const ulong NoSetUid = 0x2;
    private const ulong NoDevices = 0x4;
    private const ulong NoExecute = 0x8;
    private const ulong BindFlag = 0x1000;
    private const ulong Recursive = 0x4000;
    private const ulong PrivateFlag = 1UL << 18;
    private const ulong SlaveFlag = 1UL << 19;
    private const ulong SharedFlag = 1UL << 20;
    private const int DetachFlag = 2;
    private const int NoFollow = 8;
    private const long OpenTreeCall = 428;
    private const long MoveMountCall = 429;
    private const uint OpenTreeClone = 1;
    private const uint FromEmptyPath = 4;
    private const int CurrentDirectory = -100;

    /// <summary>Makes a folder or file visible at a second place.</summary>
    /// <param name="source">What is to be seen.</param>
    /// <param name="target">Where; exists already and is of the same kind.</param>
    /// <param name="recursive">Whether the mounts below <paramref name="source"/> come along.</param>
    /// <exception cref="LinuxException">ENOENT, ENOTDIR, EPERM.</exception>
    public static void Bind(string source, string target, bool recursive = false) =>
        Call($"mount --bind {source} {target}", source, target, null, BindFlag | (recursive ? Recursive : 0), null);

    /// <summary>Makes a mount of a folder that is not attached anywhere yet (open_tree(2)); it is gone with the handle unless it is attached.</summary>
    /// <param name="source">What it shows.</param>
    /// <exception cref="LinuxException">ENOENT, EPERM.</exception>
    public static SafeFileHandle Clone(string source)
    {
        var number = OpenTree(OpenTreeCall, CurrentDirectory, source, OpenTreeClone | FileApi.CloseOnExec);
        return number >= 0 ? new SafeFileHandle((nint)number, ownsHandle: true) : throw LinuxException.Last($"open_tree({source})");
    }

    /// <summary>Attaches what <see cref="Clone"/> has made (move_mount(2)).</summary>
    /// <param name="mount">The mount.</param>
    /// <param name="target">Where; exists already and is of the same kind.</param>
    /// <exception cref="LinuxException">ENOENT, ENOTDIR, EPERM.</exception>
    public static void Attach(SafeFileHandle mount, string target)
    {
        ArgumentNullException.ThrowIfNull(mount);
        if (MoveMount(MoveMountCall, (int)mount.DangerousGetHandle(), "", CurrentDirectory, target, FromEmptyPath) != 0)
            throw LinuxException.Last($"move_mount({target})");
    }

    /// <summary>Lets later mounts of the host come in, and none of ours go out.</summary>
    /// <param name="path">A mount point.</param>
    /// <param name="recursive">Whether the mounts below it are changed as well.</param>
    /// <exception cref="LinuxException">EINVAL: not a mount point; EPERM.</exception>
    public static void MakeSlave(string path, bool recursive) =>
        Call($"mount --make-slave {path}", null, path, null, SlaveFlag | (recursive ? Recursive : 0), null);

    /// <summary>Lets mounts come in and go out; a slave stays one and becomes shared as well.</summary>
    /// <param name="path">A mount point.</param>
    /// <param name="recursive">Whether the mounts below it are changed as well.</param>
    /// <exception cref="LinuxException">EINVAL: not a mount point; EPERM.</exception>
    public static void MakeShared(string path, bool recursive) =>
        Call($"mount --make-shared {path}", null, path, null, SharedFlag | (recursive ? Recursive : 0), null);

    /// <summary>Keeps mounts from coming in and going out.</summary>
    /// <param name="path">A mount point.</param>
    /// <param name="recursive">Whether the mounts below it are changed as well.</param>
    /// <exception cref="LinuxException">EINVAL: not a mount point; EPERM.</exception>
    public static void MakePrivate(string path, bool recursive) =>
        Call($"mount --make-private {path}", null, path, null, PrivateFlag | (recursive ? Recursive : 0), null);

    /// <summary>
    /// Mounts a proc file system. It shows the pid namespace of the calling thread itself, not the one that its children will get:
    /// for a new pid namespace a process inside must call this.
    /// </summary>
    /// <param name="path">An existing folder.</param>
    /// <exception cref="LinuxException">EPERM, ENOENT.</exception>
    public static void Proc(string path) => Call($"mount -t proc {path}", "proc", path, "proc", NoSetUid | NoDevices | NoExecute, null);

    /// <summary>Mounts an empty file system in memory.</summary>
    /// <param name="path">An existing folder.</param>
    /// <param name="options">As in tmpfs(5): <c>mode=1777,size=50%</c>; null or empty: the kernel's defaults.</param>
    /// <exception cref="LinuxException">EINVAL: an option is unknown; EPERM, ENOENT.</exception>
    public static void Tmpfs(string path, string? options) =>
        Call($"mount -t tmpfs -o {options} {path}", "tmpfs", path, "tmpfs", NoSetUid | NoDevices, string.IsNullOrEmpty(options) ? null : options);

    /// <summary>Mounts an instance of devpts of its own: terminals numbered from 0, whatever others there are.</summary>
    /// <param name="path">An existing folder, <c>/dev/pts</c>: /dev/ptmx uses the one beside it.</param>
    /// <exception cref="LinuxException">EPERM, ENOENT.</exception>
    public static void Terminals(string path) =>
        Call($"mount -t devpts {path}", "devpts", path, "devpts", NoSetUid | NoExecute, "newinstance,ptmxmode=0666,mode=0620,gid=5");

    /// <summary>Removes the topmost mount at a path; a symbolic link is not followed.</summary>
    /// <param name="path">The mount point.</param>
    /// <param name="detach">True: at once, even if it is in use (it lives on until its last user is gone).</param>
    /// <exception cref="LinuxException">EINVAL: not a mount point; EBUSY: in use.</exception>
    public static void Unmount(string path, bool detach)
    {
        if (UnmountTwo(path, NoFollow | (detach ? DetachFlag : 0)) != 0)
            throw LinuxException.Last($"umount2({path})");
    }

    private static void Call(string what, string? source, string target, string? type, ulong flags, string? data)
    {
        if (Mount(source, target, type, (nuint)flags, data) != 0)
            throw LinuxException.Last(what);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long OpenTree(long number, int folder, string path, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long MoveMount(long number, int fromFolder, string fromPath, int toFolder, string toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnmountTwo(string target, int flags);
}
