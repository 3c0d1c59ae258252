using System.Runtime.InteropServices;
using HpcCr.Core;

namespace HpcCr.Linux;

/// <summary>Resource limits (prlimit(2)).</summary>
public static unsafe partial class ResourceLimits
{
    private const int Count = 16;
    private const int OpenFiles = 7;

    /// <summary>
    /// The limits that this process was started with. The .NET runtime raises the soft limit of open files to the hard one as it starts,
    /// so that one is taken from our parent where the hard limits agree.
    /// </summary>
    /// <returns>One entry per resource the kernel knows, by its number.</returns>
    /// <exception cref="LinuxException">Not expected.</exception>
    public static IReadOnlyList<ResourceLimit> OfSelf()
    {
        var limits = new List<ResourceLimit>(Count);
        for (int resource = 0; resource < Count; resource++)
            limits.Add(Get(0, resource) ?? throw LinuxException.Last($"prlimit(self, {resource})"));
        ResourceLimit own = limits[OpenFiles];
        if (Get(ParentPid(), OpenFiles) is { } parents && parents.Hard == own.Hard && parents.Soft < own.Soft)
            limits[OpenFiles] = parents;
        return limits;
    }

    /// <summary>The limits of another process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>One entry per resource; those that may not be asked for (the process is another user's and we lack CAP_SYS_RESOURCE) are left out.</returns>
    public static IReadOnlyList<ResourceLimit> Of(int pid) => [.. Enumerable.Range(0, Count).Select(resource => Get(pid, resource)).OfType<ResourceLimit>()];

    /// <summary>Sets limits of this process, and so of what it becomes or starts; without CAP_SYS_RESOURCE as far as the present hard limits permit.</summary>
    /// <param name="limits">The limits wanted.</param>
    /// <returns>The limits that could not be had in full, as they are now.</returns>
    /// <exception cref="LinuxException">EINVAL: a resource the kernel does not know.</exception>
    public static IReadOnlyList<ResourceLimit> ApplyToSelf(IReadOnlyList<ResourceLimit> limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var clamped = new List<ResourceLimit>();
        foreach (ResourceLimit wanted in limits)
        {
            if (TrySet(wanted))
                continue;
            ResourceLimit now = Get(0, wanted.Resource) ?? throw LinuxException.Last($"prlimit(self, {wanted.Resource})");
            ulong hard = Math.Min(wanted.Hard, now.Hard);
            _ = TrySet(new ResourceLimit(wanted.Resource, Math.Min(wanted.Soft, hard), hard));
            clamped.Add(Get(0, wanted.Resource) ?? now);
        }

        return clamped;
    }

    /// <summary>False when it is not permitted.</summary>
    private static bool TrySet(ResourceLimit limit)
    {
        Pair pair = new() { Soft = Math.Min(limit.Soft, limit.Hard), Hard = limit.Hard };
        if (ProcessLimit(0, limit.Resource, &pair, null) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == Errno.EPERM
            ? false
            : throw LinuxException.Last($"prlimit(self, {limit.Resource}, {limit.Soft}:{limit.Hard})");
    }

    private static ResourceLimit? Get(int pid, int resource)
    {
        Pair pair = default;
        return ProcessLimit(pid, resource, null, &pair) == 0 ? new ResourceLimit(resource, pair.Soft, pair.Hard) : null;
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentPid();

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static partial int ProcessLimit(int pid, int resource, Pair* wanted, Pair* previous);

    [StructLayout(LayoutKind.Sequential)]
    private struct Pair
    {
        public ulong Soft;
        public ulong Hard;
    }
}
