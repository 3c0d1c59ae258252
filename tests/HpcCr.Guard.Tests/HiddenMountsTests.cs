using HpcCr.Linux;

namespace HpcCr.Guard.Tests;

public sealed class HiddenMountsTests
{
    private const int Rounds = 60;
    private const int Jobs = 40;

    [Fact]
    public async Task Unmount_WhileOtherJobsEnd_FindsSomeGone_AndThatIsNoFailure()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var folder = Directory.CreateTempSubdirectory("hpccr-hidden-").FullName;
        try
        {
            await BriefThread.RunAsync(() =>
            {
                Namespaces.UnshareThread(NamespaceKinds.Mount);
                Mounts.MakePrivate("/", recursive: true);
                for (var round = 0; round < Rounds; round++)
                    Race(folder);
                return 0;
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The launcher's side removes folders of jobs, one after the other, while a new sandbox, whose mounts are a copy, unmounts all of them.
    private static void Race(string folder)
    {
        var jobs = Enumerable.Range(1, Jobs).Select(n => Path.Combine(folder, $"job{n}")).ToList();
        foreach (var job in jobs)
        {
            Directory.CreateDirectory(job);
            Mounts.Tmpfs(job, "size=4k");
        }

        using var copied = new ManualResetEventSlim();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Namespaces.UnshareThread(NamespaceKinds.Mount);
                copied.Set();
                HiddenMounts.Unmount(folder);
            }
            catch (Exception e)
            {
                failure = e;
                copied.Set();
            }
        });
        thread.Start();
        copied.Wait();
        foreach (var job in jobs)
        {
            Mounts.Unmount(job, detach: true);
            Directory.Delete(job);
        }

        thread.Join();
        Assert.Null(failure);
    }
}
