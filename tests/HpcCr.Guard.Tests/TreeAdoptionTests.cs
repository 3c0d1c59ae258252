using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard.Tests;

public sealed class TreeAdoptionTests
{
    private const uint Caller = 4242;

    [Fact]
    public async Task ATreeWithAProcessOfAnotherUser_IsRefusedBeforeAnythingIsFrozenOrMoved()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it starts processes of two users");
        using var root = ChildProcess.Start(new SpawnOptions
        {
            Argv = ["/bin/sh", "-c", "setpriv --reuid 4243 sleep 1000 & exec setpriv --reuid 4242 sleep 1000"],
        });
        try
        {
            await UntilAsync(() => ProcFs.UsersOf(root.Pid).Contains(Caller) && ProcFs.Children(root.Pid).Any(child => ProcFs.UsersOf(child).Contains(4243u)));
            // No cgroup: the first attempt to freeze or move would fail for that.
            var cgroup = JobCgroup.Open(Directory.CreateTempSubdirectory("hpccr-no-cgroup-").FullName);
            var request = new AttachTree { RootPid = root.Pid, StartTime = ProcFs.StartTime(root.Pid)!.Value, CallerUid = Caller };

            var refusal = await Assert.ThrowsAsync<GuardException>(() => TreeAdoption.TakeAsync(cgroup, request));

            Assert.True(refusal.NotAllowed, refusal.Message);
            Assert.Empty(Directory.EnumerateFileSystemEntries(cgroup.Path));
            Directory.Delete(cgroup.Path);
        }
        finally
        {
            foreach (var child in ProcFs.Children(root.Pid))
                PidFd.Open(child).SendSignal(Signals.Kill);
            root.Kill(Signals.Kill);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, deadline.Token);
    }
}
