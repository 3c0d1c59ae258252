using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>A running tree of processes, moved into the job's cgroup, and the memory of where each came from.</summary>
internal sealed class TreeAdoption
{
    private const int MaximumRounds = 100;
    private static readonly TimeSpan FreezeDeadline = TimeSpan.FromSeconds(10);

    private readonly JobCgroup _cgroup;
    private readonly Dictionary<int, string> _origins = [];

    private TreeAdoption(JobCgroup cgroup, PidFd root)
    {
        _cgroup = cgroup;
        Root = root;
    }

    /// <summary>The tree's root.</summary>
    public PidFd Root { get; }

    /// <summary>Takes a tree. Nothing of it is moved when that fails.</summary>
    /// <exception cref="GuardException">It is gone, or not the caller's as a whole.</exception>
    public static async Task<TreeAdoption> TakeAsync(JobCgroup cgroup, AttachTree request)
    {
        var adoption = new TreeAdoption(cgroup, OpenRoot(request));
        using var freezer = new CgroupV2Freezer(cgroup.Path);
        try
        {
            // What is moved into a frozen cgroup stands still: the root first, so that the rest cannot fork away.
            freezer.RequestFreeze();
            adoption.MoveAll();
            await freezer.FreezeAsync(FreezeDeadline);
            adoption.MoveAll();
            if (ProcFs.StartTime(request.RootPid) != request.StartTime)
                throw Gone(request.RootPid);
            adoption.CheckOwner(request.CallerUid);
            freezer.Thaw();
            return adoption;
        }
        catch
        {
            freezer.Thaw();
            adoption.GiveBack();
            adoption.Root.Dispose();
            throw;
        }
    }

    /// <summary>Moves every process back to the cgroup that it, or else the root, came from.</summary>
    public void GiveBack()
    {
        var common = _origins.GetValueOrDefault(Root.Pid);
        foreach (var pid in _cgroup.Processes())
            Move(pid, _origins.GetValueOrDefault(pid) ?? common);
    }

    private static PidFd OpenRoot(AttachTree request)
    {
        try
        {
            var root = PidFd.Open(request.RootPid);
            if (ProcFs.StartTime(request.RootPid) == request.StartTime)
                return root;
            root.Dispose();
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            // It is told below.
        }

        throw Gone(request.RootPid);
    }

    private static GuardException Gone(int pid) => new($"process {pid} has ended");

    private void MoveAll()
    {
        var host = CgroupHost.Detect();
        for (var round = 0; round < MaximumRounds; round++)
        {
            var strangers = ProcessTree.Of(Root.Pid).Where(pid => !_origins.ContainsKey(pid)).ToList();
            if (strangers.Count == 0)
                return;
            foreach (var pid in strangers)
                MoveIn(pid, host);
        }

        throw new GuardException($"the tree below process {Root.Pid} grows faster than it can be stopped");
    }

    private void MoveIn(int pid, CgroupHost host)
    {
        if (host.PathOf(pid) is not { } origin)
            return;
        try
        {
            // Also for a child that was born in the job's cgroup since: its parent's origin is in the book, and stands for it.
            _origins[pid] = origin == _cgroup.Path ? _origins[Root.Pid] : origin;
            _cgroup.Add(pid);
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            // It has ended.
        }
    }

    private void CheckOwner(uint caller)
    {
        if (caller == 0)
            return;
        foreach (var pid in _cgroup.Processes())
            if (ProcFs.UsersOf(pid).Any(uid => uid != caller))
                throw new GuardException($"process {pid} of the tree belongs to another user") { NotAllowed = true };
    }

    // The cgroup may be gone by now: a service manager removes one that nobody is in.
    private static void Move(int pid, string? target)
    {
        foreach (var path in new[] { target, CgroupHost.Detect().OwnV2Path })
        {
            try
            {
                if (path is null)
                    continue;
                JobCgroup.Open(path).Add(pid);
                return;
            }
            catch (LinuxException e)
            {
                GuardLog.Write($"process {pid} does not go back to {path}: {e.Message}");
            }
        }
    }
}
