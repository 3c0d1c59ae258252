namespace HpcCr.Linux.Tests.Processes;

/// <summary>Runs programs to their end and tells what they printed.</summary>
internal static class Shell
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static Task<(ExitStatus Status, string Text)> RunAsync(string script, Func<SpawnOptions, SpawnOptions>? change = null) =>
        RunAsync(["/bin/sh", "-c", script], change);

    public static async Task<(ExitStatus Status, string Text)> RunAsync(string[] argv, Func<SpawnOptions, SpawnOptions>? change = null)
    {
        string output = Path.GetTempFileName();
        try
        {
            ExitStatus status;
            using (ChildProcess child = StartInto(output, argv, change))
                status = await child.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline, TestContext.Current.CancellationToken);
            return (status, (await File.ReadAllTextAsync(output)).TrimEnd('\n'));
        }
        finally
        {
            File.Delete(output);
        }
    }

    /// <summary>Starts a program on the calling thread with its output in a file.</summary>
    public static ChildProcess StartInto(string output, string[] argv, Func<SpawnOptions, SpawnOptions>? change = null)
    {
        using FileStream file = File.Open(output, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        int fd = (int)file.SafeFileHandle.DangerousGetHandle();
        var options = new SpawnOptions { Argv = argv, Descriptors = new Dictionary<int, int> { [1] = fd, [2] = fd } };
        return ChildProcess.Start(change?.Invoke(options) ?? options);
    }

    /// <summary>Waits for a condition that no event reports.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"waited {Deadline.TotalSeconds} s for {what}");
            await Task.Delay(1, CancellationToken.None);
        }
    }
}
