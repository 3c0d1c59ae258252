using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;

namespace HpcCr.Linux;

/// <summary>
/// File access as a user, from a process that is root: on a thread of its own, whose file-system uid, gid and groups are the user's, so that
/// the kernel itself checks permissions, quota and root-squash, and root's right to override them does not apply.
/// </summary>
/// <remarks>
/// What runs here must be synchronous. Work given to tasks, Parallel or the thread pool would run with root's identity, not the user's; and a
/// thread is born with the identity of the one that starts it, so pool workers started from here would keep the user's (<see cref="Strays"/>
/// finds them). For parallel work, call <see cref="Run(uint, uint, IReadOnlyList{uint}, Action)"/> in each branch: it costs about 0.1 ms.
/// </remarks>
public static class UserThread
{
    private const int MostLate = 4;
    private static readonly ConcurrentDictionary<int, bool> Running = new();
    private static readonly Dictionary<uint, int> Late = [];

    /// <summary>Runs work as a user and waits for it.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The user's primary group; new files belong to it.</param>
    /// <param name="groups">The user's supplementary groups (see <see cref="UserDatabase.Groups"/>).</param>
    /// <param name="work">The work; its exceptions come through as they are.</param>
    /// <returns>What the work gave.</returns>
    /// <exception cref="LinuxException">EPERM: this process may not become the user (neither root nor that user).</exception>
    public static T Run<T>(uint uid, uint gid, IReadOnlyList<uint> groups, Func<T> work) => Run(uid, gid, groups, work, Timeout.InfiniteTimeSpan);

    /// <summary>Runs work as a user and waits for it, but not for ever: a file system may never answer.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The user's primary group; new files belong to it.</param>
    /// <param name="groups">The user's supplementary groups.</param>
    /// <param name="work">The work; its exceptions come through as they are. If it is late its thread stays until it ends, and what it gives is dropped.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <returns>What the work gave.</returns>
    /// <exception cref="TimeoutException">It is late, or so much work of this user is late that nothing was begun.</exception>
    /// <exception cref="LinuxException">EPERM: this process may not become the user (neither root nor that user).</exception>
    public static T Run<T>(uint uid, uint gid, IReadOnlyList<uint> groups, Func<T> work, TimeSpan deadline)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(work);
        T? result = default;
        ExceptionDispatchInfo? error = null;
        var isLate = false;
        lock (Late)
        {
            if (deadline != Timeout.InfiniteTimeSpan && Late.GetValueOrDefault(uid) >= MostLate)
                throw new TimeoutException($"{MostLate} earlier requests of user {uid} still wait for a file system");
        }

        var thread = new Thread(() =>
        {
            try
            {
                Running[CredentialApi.ThreadId()] = true;
                Become(uid, gid, [.. groups]);
                result = work();
            }
#pragma warning disable CA1031 // Every exception is given to the caller.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                error = ExceptionDispatchInfo.Capture(failure);
            }
            finally
            {
                Running.TryRemove(CredentialApi.ThreadId(), out _);
                lock (Late)
                {
                    if (isLate && --Late[uid] == 0)
                        Late.Remove(uid);
                    isLate = true;
                }
            }
        })
        {
            IsBackground = true,
            Name = $"as-uid-{uid}",
        };

        // The caller's own wait, not a completion source: setting one would queue its continuations from the user's thread.
        thread.Start();
        if (!thread.Join(deadline))
        {
            lock (Late)
            {
                // It may have ended in this very moment.
                if (!isLate)
                {
                    isLate = true;
                    Late[uid] = Late.GetValueOrDefault(uid) + 1;
                    throw new TimeoutException($"nothing was heard of its file system within {deadline.TotalSeconds:F0} s");
                }
            }

            thread.Join();
        }

        error?.Throw();
        return result!;
    }

    /// <summary>Runs work as a user and waits for it.</summary>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The user's primary group.</param>
    /// <param name="groups">The user's supplementary groups.</param>
    /// <param name="work">The work; its exceptions come through as they are.</param>
    /// <exception cref="LinuxException">EPERM: this process may not become the user.</exception>
    public static void Run(uint uid, uint gid, IReadOnlyList<uint> groups, Action work) =>
        Run(uid, gid, groups, () =>
        {
            work();
            return true;
        });

    /// <summary>The threads of this process that have a file-system identity other than the process's, without being at work here: the work started them, which is a fault.</summary>
    /// <returns>Their thread numbers; one that just ends its work may be among them.</returns>
    public static IReadOnlyList<int> Strays()
    {
        string own = Identity(Environment.ProcessId) ?? "";
        return
        [
            .. Directory.EnumerateDirectories("/proc/self/task")
                .Select(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))
                .Where(thread => !Running.ContainsKey(thread) && Identity(thread) is { } identity && identity != own),
        ];
    }

    private static string? Identity(int thread) => ProcFs.StatusField($"/proc/self/task/{thread}/status", "Uid:");

    private static void Become(uint uid, uint gid, uint[] groups)
    {
        if (CredentialApi.EffectiveUser() != 0 && CredentialApi.EffectiveUser() == uid)
            return;
        CredentialApi.SetThreadGroups(groups);
        _ = CredentialApi.SetFileGroup(gid);
        _ = CredentialApi.SetFileUser(uid);

        // Both calls hide their errors: only asking tells whether they took effect.
        if (CredentialApi.SetFileGroup(CredentialApi.Query) != gid)
            throw new LinuxException($"setfsgid({gid})", Errno.EPERM);
        if (CredentialApi.SetFileUser(CredentialApi.Query) != uid)
            throw new LinuxException($"setfsuid({uid})", Errno.EPERM);
    }
}
