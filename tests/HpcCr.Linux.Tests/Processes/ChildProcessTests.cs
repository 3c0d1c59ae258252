using System.Diagnostics;
using System.Globalization;

namespace HpcCr.Linux.Tests.Processes;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task Start_WithADescriptorThatLeaks_ClosesItInTheChild()
    {
        using FileStream leak = File.OpenRead("/proc/self/status");
        Descriptors.Inherit((int)leak.SafeFileHandle.DangerousGetHandle());

        (_, string text) = await Shell.RunAsync(["/bin/ls", "/proc/self/fd"]);

        // The fourth is the folder that ls reads.
        Assert.Equal("0\n1\n2\n3", text);
    }

    [Fact]
    public async Task Start_WithTargetsThatAreEachOthersSources_GivesEachItsOwn()
    {
        using var folder = new TestFolder();
        using FileStream first = File.Create(folder["first"]);
        using FileStream second = File.Create(folder["second"]);
        int one = (int)first.SafeFileHandle.DangerousGetHandle();
        int two = (int)second.SafeFileHandle.DangerousGetHandle();

        (_, string text) = await Shell.RunAsync(
            ["/bin/readlink", $"/proc/self/fd/{one}", $"/proc/self/fd/{two}", "/proc/self/fd/0"],
            options => options with { Descriptors = new Dictionary<int, int>(options.Descriptors) { [one] = two, [two] = one } });

        Assert.Equal($"{folder["second"]}\n{folder["first"]}\n/dev/null", text);
    }

    [Fact]
    public async Task Start_WhileWeIgnoreSigpipe_StartsWithEverySignalAtItsDefault()
    {
        string ours = (await File.ReadAllLinesAsync("/proc/self/status", TestContext.Current.CancellationToken)).First(line => line.StartsWith("SigIgn", StringComparison.Ordinal));
        Assert.NotEqual(0UL, ulong.Parse(ours[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Signals.BrokenPipe - 1)));

        (_, string text) = await Shell.RunAsync(["/bin/grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status"]);

        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000", text);
    }

    [Theory]
    [InlineData("exit 0", 0, 0, 0)]
    [InlineData("exit 3", 3, 0, 3)]
    [InlineData("kill -9 $$", 0, 9, 137)]
    [InlineData("kill -TERM $$", 0, 15, 143)]
    public async Task WaitAsync_WhenItEnds_TellsCodeOrSignal(string script, int code, int signal, int shellCode)
    {
        (ExitStatus status, _) = await Shell.RunAsync(script);

        Assert.Equal(new ExitStatus(code, signal), status);
        Assert.Equal(shellCode, status.ShellCode);
    }

    [Fact]
    public async Task Start_WithEnvironmentFolderAndSession_GivesTheChildThese()
    {
        using var folder = new TestFolder();

        (_, string text) = await Shell.RunAsync(
            "echo $COLOUR; pwd; test $(cut -d' ' -f6 /proc/self/stat) = $$ && echo leader; env | grep -c HOME=",
            options => options with { Environment = ["PATH=/usr/bin:/bin", "COLOUR=grün"], WorkingDirectory = folder.Path, NewSession = true });

        Assert.Equal($"grün\n{folder.Path}\nleader\n0", text);
    }

    [Fact]
    public async Task Start_WithAProgramName_LooksItUpInTheChildsPath()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["hello"], "#!/bin/sh\necho found\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder["hello"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        (_, string text) = await Shell.RunAsync(["hello"], options => options with { Environment = [$"PATH=/nowhere:{folder.Path}"] });

        Assert.Equal("found", text);
    }

    [Theory]
    [InlineData("no-such-program-anywhere", "ENOENT")]
    [InlineData("/no/such/program", "ENOENT")]
    [InlineData("/etc/passwd", "EACCES")]
    public void Start_WhatCannotRun_ThrowsTheReason(string program, string errno)
    {
        var error = Assert.Throws<LinuxException>(() => ChildProcess.Start(new SpawnOptions { Argv = [program] }));

        Assert.Equal(errno, error.ErrnoName);
        Assert.Contains(program, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WithAClosedDescriptor_ThrowsAndStartsNothing()
    {
        var error = Assert.Throws<LinuxException>(() =>
            ChildProcess.Start(new SpawnOptions { Argv = ["/bin/true"], Descriptors = new Dictionary<int, int> { [1] = 4242 } }));

        Assert.Equal("EBADF", error.ErrnoName);
    }

    [Fact]
    public async Task Start_WhenNobodyWaits_StillReapsTheChild()
    {
        int pid;
        using (ChildProcess child = ChildProcess.Start(new SpawnOptions { Argv = ["/bin/true"] }))
            pid = child.Pid;

        await Shell.UntilAsync(() => ProcFs.StartTime(pid) is null, $"pid {pid} to be reaped");
    }

    [Fact]
    public async Task Kill_AfterTheEnd_DoesNothing()
    {
        using ChildProcess child = ChildProcess.Start(new SpawnOptions { Argv = ["/bin/sleep", "1000"] });
        child.Kill(Signals.Kill);
        Assert.Equal(Signals.Kill, (await child.WaitAsync(TestContext.Current.CancellationToken)).Signal);

        child.Kill(Signals.Kill);

        Assert.False(child.PidFd.SendSignal(0));
    }

    [Fact]
    public async Task Start_BesideSystemDiagnosticsProcess_EachGetsItsOwnChildren()
    {
        async Task<int> TheirsAsync(int code)
        {
            using Process process = Process.Start("/bin/sh", ["-c", $"exit {code}"]);
            await process.WaitForExitAsync();
            return process.ExitCode;
        }

        async Task<int> OursAsync(int code) => (await Shell.RunAsync($"exit {code}")).Status.Code;

        int[] codes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? TheirsAsync(i) : OursAsync(i))).WaitAsync(Shell.Deadline, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 60), codes);
    }

    [Fact]
    public async Task Adopt_AProcessClonedAsOurChildByAnother_TellsItsEnd()
    {
        string python = Needs.Program("python3");
        using var folder = new TestFolder();

        // clone(CLONE_PARENT | SIGCHLD), as CRIU does with rst_sibling: the grandchild becomes our child.
        string program = $"""
            import ctypes, os, time
            pid = ctypes.CDLL(None).syscall({(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? 56 : 220)}, 0x8000 | 17, 0, 0, 0, 0)
            if pid == 0:
                while not os.path.exists("{folder["go"]}"):
                    time.sleep(0.001)
                os._exit(7)
            print(pid)
            """;
        (ExitStatus status, string text) = await Shell.RunAsync([python, "-c", program]);
        Assert.True(status.IsSuccess, text);

        using ChildProcess child = ChildProcess.Adopt(int.Parse(text, CultureInfo.InvariantCulture));
        Assert.False(child.Exited.IsCompleted);
        await File.WriteAllTextAsync(folder["go"], "", TestContext.Current.CancellationToken);

        Assert.Equal(7, (await child.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(Shell.Deadline, TestContext.Current.CancellationToken)).Code);
        Assert.Null(ProcFs.StartTime(child.Pid));
    }

    [Fact]
    public void Adopt_AProcessThatIsNotOurChild_Throws()
    {
        Assert.Equal("ECHILD", Assert.Throws<LinuxException>(() => ChildProcess.Adopt(1)).ErrnoName);
    }
}
