using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Credentials;

public sealed class UserThreadTests
{
    private const uint User = 12345;
    private const uint Group = 23456;
    private const uint Extra = 34567;

    [Fact]
    public void Run_OnAFileOfRootAlone_IsRefusedByTheKernel()
    {
        Needs.Root();
        using var folder = new TestFolder();
        File.WriteAllText(folder["secret"], "x");
        File.SetUnixFileMode(folder["secret"], UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Throws<UnauthorizedAccessException>(() => UserThread.Run(User, Group, [Group], () => File.ReadAllText(folder["secret"])));
        Assert.Throws<UnauthorizedAccessException>(() => UserThread.Run(User, Group, [Group], () => File.WriteAllText(folder["secret"], "y")));

        Assert.Equal("x", File.ReadAllText(folder["secret"]));
    }

    [Fact]
    public async Task Run_WhenItMakesAFile_GivesItToTheUser()
    {
        Needs.Root();
        using var folder = new TestFolder();

        UserThread.Run(User, Group, [Group], () => File.WriteAllText(folder["made"], ""));
        await File.WriteAllTextAsync(folder["ours"], "", TestContext.Current.CancellationToken);

        Assert.Equal($"{User}:{Group}\n0:0", (await Shell.RunAsync(["/usr/bin/stat", "-c", "%u:%g", folder["made"], folder["ours"]])).Text);
    }

    [Fact]
    public void Run_WithASupplementaryGroup_MayDoWhatTheGroupMay()
    {
        Needs.Root();
        using var folder = new TestFolder();
        File.WriteAllText(folder["shared"], "for the group");
        FileOwner.Set(folder["shared"], 0, Extra);
        File.SetUnixFileMode(folder["shared"], UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Equal("for the group", UserThread.Run(User, Group, [Group, Extra], () => File.ReadAllText(folder["shared"])));
        Assert.Throws<UnauthorizedAccessException>(() => UserThread.Run(User, Group, [Group], () => File.ReadAllText(folder["shared"])));
    }

    [Fact]
    public void Run_WhenTheWorkIsLate_LeavesIt_AndRefusesAUserWhoIsLateTooOften()
    {
        Needs.Root();
        const uint late = 54321;
        using var end = new ManualResetEventSlim();
        for (var i = 0; i < 4; i++)
            Assert.Throws<TimeoutException>(() => UserThread.Run(late, Group, [], () => end.Wait(TimeSpan.FromMinutes(1)), TimeSpan.FromMilliseconds(20)));

        Assert.Contains("earlier requests of user", Assert.Throws<TimeoutException>(() => UserThread.Run(late, Group, [], () => true, TimeSpan.FromMinutes(1))).Message, StringComparison.Ordinal);
        Assert.True(UserThread.Run(User, Group, [], () => true, TimeSpan.FromMinutes(1)));
        end.Set();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!IsServed(late) && clock.Elapsed < TimeSpan.FromSeconds(20))
            Thread.Yield();
        Assert.True(IsServed(late));
    }

    [Fact]
    public void Run_WhenTheWorkThrows_LetsItThroughAndLeavesTheCallerAsItWas()
    {
        Needs.Root();

        var error = Assert.Throws<InvalidOperationException>(() => UserThread.Run(User, Group, [], () => throw new InvalidOperationException("told")));

        Assert.Equal("told", error.Message);
        Assert.Contains("Uid:\t0\t0\t0\t0", File.ReadAllText("/proc/thread-self/status"), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ManyAtOnceAsDifferentUsers_KeepsThemApart()
    {
        Needs.Root();
        Parallel.For(0, 64, i =>
        {
            uint uid = User + (uint)i;
            string status = UserThread.Run(uid, Group, [Extra], () => File.ReadAllText("/proc/thread-self/status"));
            Assert.Contains($"Uid:\t0\t0\t0\t{uid}\n", status, StringComparison.Ordinal);
            Assert.Contains($"Gid:\t0\t0\t0\t{Group}\n", status, StringComparison.Ordinal);
            Assert.Contains($"Groups:\t{Extra} \n", status, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Strays_WhenTheWorkStartedAThread_NamesIt()
    {
        Needs.Root();
        using var started = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        string number = "";
        Thread stray = UserThread.Run(User, Group, [], () =>
        {
            var thread = new Thread(() =>
            {
                number = File.ResolveLinkTarget("/proc/thread-self", returnFinalTarget: false)!.Name;
                started.Set();
                end.Wait();
            });
            thread.Start();
            return thread;
        });
        started.Wait(TestContext.Current.CancellationToken);

        Assert.Contains(number, UserThread.Strays().Select(thread => $"{thread}"));

        end.Set();
        stray.Join();
        await Shell.UntilAsync(() => UserThread.Strays().Count == 0, "the stray's end");
    }

    private static bool IsServed(uint user)
    {
        try
        {
            return UserThread.Run(user, Group, [], () => true, TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
