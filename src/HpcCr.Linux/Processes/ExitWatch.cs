using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>
/// One thread that waits for the end of all processes of interest. It is started before any thread unshares namespaces: a thread
/// whose children go into another pid namespace cannot start threads, and what it starts otherwise would live in its namespaces.
/// </summary>
internal static class ExitWatch
{
    private static readonly SafeFileHandle Epoll = EpollApi.Create();
    private static readonly ConcurrentDictionary<ulong, Entry> Entries = new();
    private static readonly Thread Watcher = StartWatcher();
    private static ulong _last;

    /// <summary>Has the thread running.</summary>
    public static void Ensure() => _ = Watcher.IsAlive;

    /// <summary>Calls <paramref name="ended"/> once, on the watching thread, when the process behind the pidfd has ended.</summary>
    public static void Add(SafeFileHandle pidFd, Action<SafeFileHandle> ended)
    {
        SafeFileHandle copy = Descriptor.Duplicate(Descriptor.Number(pidFd));
        ulong token = Interlocked.Increment(ref _last);
        Entries[token] = new Entry(copy, ended);
        EpollApi.Watch(Epoll, copy, token);
    }

    private static Thread StartWatcher()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "exit-watch" };
        thread.UnsafeStart();
        return thread;
    }

    private static void Run()
    {
        while (true)
        {
            ulong token = EpollApi.WaitOne(Epoll);
            if (!Entries.TryRemove(token, out Entry? entry))
                continue;
            EpollApi.Forget(Epoll, entry.PidFd);
            using (entry.PidFd)
                entry.Ended(entry.PidFd);
        }
    }

    private sealed record Entry(SafeFileHandle PidFd, Action<SafeFileHandle> Ended);
}
