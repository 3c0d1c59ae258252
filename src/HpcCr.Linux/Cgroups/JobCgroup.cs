using System.Globalization;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The v2 cgroup that holds a job's processes of this node.</summary>
public sealed partial class JobCgroup
{
    private const int KillRounds = 100;

    private JobCgroup(string path, CgroupHost host)
    {
        Path = System.IO.Path.TrimEndingDirectorySeparator(path);
        NftPath = System.IO.Path.GetRelativePath(NftRoot(host), Path);
        Level = System.IO.Path.GetRelativePath(host.V2Root, Path).Split('/').Length;
        Id = InodeOf.Path(Path);
    }

    /// <summary>Its folder.</summary>
    public string Path { get; }

    /// <summary>Its name for nft's <c>socket cgroupv2</c>: relative to /sys/fs/cgroup, as nft looks it up (on hybrid hosts <c>unified/NAME</c>).</summary>
    public string NftPath { get; }

    /// <summary>How many folders deep it lies below the v2 root (at least 1): the N of nft's <c>socket cgroupv2 level N</c>.</summary>
    public int Level { get; }

    /// <summary>Its number in the kernel: the inode of its folder, as sock_diag and nft report it.</summary>
    public ulong Id { get; }

    /// <summary>Whether a process, zombies not counted, lives in it or below it; false when it is gone.</summary>
    public bool Populated => ProcFs.Read(In("cgroup.events")) is { } text && CgroupEvents.IsSet(text, "populated");

    /// <summary>Makes a cgroup below our own, with its parents; one that exists already is taken as it is.</summary>
    /// <param name="relativeName">Its name, or a path of names: <c>hpccr/job-7</c>.</param>
    /// <returns>The cgroup.</returns>
    /// <exception cref="LinuxException">ENODEV: no v2 hierarchy.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static JobCgroup Create(string relativeName)
    {
        CgroupHost host = CgroupHost.Detect();
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(host.OwnV2Path, relativeName));
        if (!path.StartsWith(host.OwnV2Path + "/", StringComparison.Ordinal))
            throw new ArgumentException($"'{relativeName}' leads out of {host.OwnV2Path}.", nameof(relativeName));
        Directory.CreateDirectory(path);
        return new JobCgroup(path, host);
    }

    /// <summary>Makes a cgroup beside this one; one that exists already is taken as it is.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public JobCgroup MakeSibling(string name)
    {
        string path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, name);
        Directory.CreateDirectory(path);
        return Open(path);
    }

    /// <summary>Takes a cgroup that exists.</summary>
    /// <param name="absolutePath">Its folder.</param>
    /// <returns>The cgroup.</returns>
    /// <exception cref="LinuxException">ENOENT: it is gone.</exception>
    public static JobCgroup Open(string absolutePath) => new(absolutePath, CgroupHost.Detect());

    /// <summary>Those directly below it.</summary>
    public IEnumerable<JobCgroup> Children() => [.. Directory.EnumerateDirectories(Path).Select(Open)];

    /// <summary>Moves a process, with all its threads, into the cgroup. Its children are born there; those it has stay where they are.</summary>
    /// <param name="pid">The process; 0 is the caller.</param>
    /// <exception cref="LinuxException">ESRCH: no such process; EBUSY: the cgroup has controllers for its children; ENOENT: it is gone.</exception>
    public void Add(int pid) => ControlFile.Write(In("cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Moves a process, with all its threads, into cgroups of other hierarchies as well.</summary>
    /// <param name="folders">A folder of each of them.</param>
    /// <param name="pid">The process; 0 is the caller.</param>
    /// <exception cref="LinuxException">ESRCH: no such process; ENOENT: a cgroup is gone.</exception>
    public static void Join(IEnumerable<string> folders, int pid)
    {
        foreach (string folder in folders)
            ControlFile.Write(System.IO.Path.Combine(folder, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The processes in it and below it.</summary>
    /// <returns>Their numbers in our pid namespace (0 for one outside it), in no order; empty when the cgroup is gone.</returns>
    public IReadOnlyList<int> Processes() => [.. Folders().SelectMany(ProcessesOf)];

    /// <summary>The threads in it and below it.</summary>
    /// <returns>Their numbers in our pid namespace; empty when the cgroup is gone.</returns>
    public IReadOnlySet<int> Threads() =>
        Folders().SelectMany(folder => NumbersIn(System.IO.Path.Combine(folder, "cgroup.threads"))).ToHashSet();

    /// <summary>Ends every process in it and below it with SIGKILL, frozen ones and those being forked too. It does not wait: see <see cref="WaitEmptyAsync"/>.</summary>
    /// <exception cref="LinuxException">EPERM or EACCES.</exception>
    public void Kill()
    {
        try
        {
            ControlFile.Write(In("cgroup.kill"), "1");
        }
        catch (LinuxException error) when (error.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            // Kernels before 5.14 have no cgroup.kill.
            if (Directory.Exists(Path))
                KillOneByOne();
        }
    }

    /// <summary>Waits until no process is left in it or below it.</summary>
    /// <param name="deadline">The longest to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Completes when it is empty or gone. Zombies do not count: they still hold their numbers.</returns>
    /// <exception cref="TimeoutException">Processes are left at the deadline; the message names them.</exception>
    public async Task WaitEmptyAsync(TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        if (!await CgroupEvents.WaitAsync(Path, "populated", false, deadline, cancellationToken).ConfigureAwait(false))
        {
            throw new TimeoutException(
                $"The cgroup {Path} still holds processes {string.Join(", ", Processes())} after {deadline.TotalSeconds:0.###} s.");
        }
    }

    /// <summary>Removes it and what is below it, deepest first; nothing happens when it is gone.</summary>
    /// <exception cref="LinuxException">EBUSY: processes live in it.</exception>
    public void Remove()
    {
        foreach (string folder in Folders().OrderByDescending(folder => folder.Length))
        {
            if (RemoveFolder(folder) != 0 && Marshal.GetLastPInvokeError() != Errno.ENOENT)
                throw LinuxException.Last($"rmdir({folder})");
        }
    }

    // nft opens the name it is given below /sys/fs/cgroup, wherever in there the v2 hierarchy is mounted.
    private static string NftRoot(CgroupHost host) =>
        host.V2Root.StartsWith("/sys/fs/cgroup", StringComparison.Ordinal) ? "/sys/fs/cgroup" : host.V2Root;

    private static IEnumerable<int> ProcessesOf(string folder) => NumbersIn(System.IO.Path.Combine(folder, "cgroup.procs"));

    private static IEnumerable<int> NumbersIn(string file) =>
        (ProcFs.Read(file) ?? "")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture));

    private string In(string file) => System.IO.Path.Combine(Path, file);

    private List<string> Folders()
    {
        if (!Directory.Exists(Path))
            return [];
        try
        {
            return [Path, .. Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories)];
        }
        catch (DirectoryNotFoundException)
        {
            return Directory.Exists(Path) ? [Path] : [];
        }
    }

    // A fork may outrun one round: go on until a round finds nobody.
    private void KillOneByOne()
    {
        for (int round = 0; round < KillRounds; round++)
        {
            int[] left = [.. Processes().Where(pid => pid > 0)];
            if (left.Length == 0)
                return;
            foreach (int pid in left)
                KillIfHere(pid);
            ThawAll();
            Thread.Yield();
        }
    }

    private void KillIfHere(int pid)
    {
        try
        {
            using PidFd process = PidFd.Open(pid);
            if (Processes().Contains(pid))
                process.SendSignal(Signals.Kill);
        }
        catch (LinuxException error) when (error.Errno == Errno.ESRCH)
        {
            // It ended by itself.
        }
    }

    private void ThawAll()
    {
        foreach (string folder in Folders())
        {
            try
            {
                ControlFile.Write(System.IO.Path.Combine(folder, "cgroup.freeze"), "0");
            }
            catch (LinuxException error) when (error.Errno is Errno.ENOENT or Errno.ENODEV)
            {
                // The folder is gone, or the kernel (before 5.2) has no freezer here.
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveFolder(string path);
}
