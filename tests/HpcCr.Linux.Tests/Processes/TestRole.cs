using System.Runtime.CompilerServices;

namespace HpcCr.Linux.Tests.Processes;

/// <summary>
/// Tests of what changes a whole process: this same program, started anew with <c>HPCCR_TEST_ROLE</c> set, does it before xunit's Main and becomes a shell.
/// </summary>
internal static class TestRole
{
    public const string Variable = "HPCCR_TEST_ROLE";

    public static Task<(ExitStatus Status, string Text)> RunAsync(string role, params string[] more) =>
        Shell.RunAsync([Environment.ProcessPath!], options => options with
        {
            Environment = [.. ProcessEnvironment.Ours(), $"{Variable}={role}", .. more],
        });

#pragma warning disable CA2255 // This is an application, and must act before its generated Main.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Play()
    {
        string? role = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(role))
            return;
        try
        {
            Play(role);
        }
        catch (IOException error)
        {
            Console.WriteLine(error.Message);
            Environment.Exit(99);
        }
    }

    private static void Play(string role)
    {
        switch (role)
        {
            case "signals":
                Exec.Replace("/bin/grep", ["grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status"], []);
                break;
            case "drop":
                ResourceLimits.ApplyToSelf([new Core.ResourceLimit(7, 100, 200), new Core.ResourceLimit(4, 0, ulong.MaxValue)]);
                Linux.Credentials.Drop(12345, 23456, [34567]);
                Exec.Replace("/bin/sh", ["sh", "-c", "id -u; id -g; id -G; ulimit -Sn; ulimit -Hn; grep CapEff /proc/self/status"], ["PATH=/usr/bin:/bin"]);
                break;
            case "openat":
                Descriptors.OpenAt(0, "/proc/sys/kernel/ostype", OpenFor.ReadOnly);
                Descriptors.OpenAt(5, Environment.GetEnvironmentVariable("TARGET")!, OpenFor.WriteOnly | OpenFor.Create | OpenFor.Append);
                Exec.Replace("/bin/sh", ["sh", "-c", "cat >&5"], ["PATH=/usr/bin:/bin"]);
                break;
            case "missing":
                Exec.Replace("/no/such/program", ["x"], []);
                break;
        }
    }
}
