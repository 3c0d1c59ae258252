using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>A running tree of processes, moved into the job's cgroup, and the memory of where each came from.</summary>
internal sealed class TreeAdoption
{
    private const int MaximumRounds = 100;
    private static readonly TimeSpan FreezeDeadline = TimeSpan.FromSeconds(10);

    private readonly JobCgroup _cgroup;
    private readonly uint _caller;
    private readonly Dictionary<int, string> _origins = [];

    private TreeAdoption(JobCgroup cgroup, PidFd root, uint caller)
    {
        _cgroup = cgroup;
        _caller = caller;
        Root = root;
    }

    /// <summary>The tree's root.</summary>
    public PidFd Root { get; }

    /// <summary>
    /// Takes a tree. Nothing of it stays moved when that fails, and no process of another user than the caller is frozen or moved at any time.
    /// </summary>
    /// <exception cref="GuardException">It is gone, or not the caller's as a whole.</exception>
    public static async Task<TreeAdoption> TakeAsync(JobCgroup cgroup, AttachTree request)
    {
        var adoption = new TreeAdoption(cgroup, OpenRoot(request), request.CallerUid);
        try
        {
            adoption.CheckOwner(ProcessTree.Of(request.RootPid));
            return await adoption.TakeAsync(request);
        }
        catch
        {
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

    private async Task<TreeAdoption> TakeAsync(AttachTree request)
    {
        using var freezer = new CgroupV2Freezer(_cgroup.Path);
        try
        {
            // What is moved into a frozen cgroup stands still: the root first, so that the rest cannot fork away.
            freezer.RequestFreeze();
            MoveAll();
            await freezer.FreezeAsync(FreezeDeadline);
            MoveAll();
            if (ProcFs.StartTime(request.RootPid) != request.StartTime)
                throw Gone(request.RootPid);
            CheckOwner(_cgroup.Processes());
            freezer.Thaw();
            return this;
        }
        catch
        {
            freezer.Thaw();
            GiveBack();
            throw;
        }
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
        try
        {
            using var process = PidFd.Open(pid);
            // Its number may have become another process's since the tree was listed.
            var isOfTree = pid == Root.Pid || (ProcFs.ParentOf(pid) is { } parent && _origins.ContainsKey(parent));
            if (!isOfTree || host.PathOf(pid) is not { } origin)
                return;
            CheckOwner([pid]);
            if (!process.HasItsNumber)
                return;
            // Also for a child that was born in the job's cgroup since: its parent's origin is in the book, and stands for it.
            _origins[pid] = origin == _cgroup.Path ? _origins[Root.Pid] : origin;
            _cgroup.Add(pid);
            if (!process.HasItsNumber)
                throw new GuardException($"process {pid} of the tree ended while it was taken");
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            // It has ended.
        }
    }

    private void CheckOwner(IEnumerable<int> processes)
    {
        if (_caller == 0)
            return;
        foreach (var pid in processes)
            if (ProcFs.UsersOf(pid).Any(uid => uid != _caller))
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
