using System.Text.RegularExpressions;

namespace HpcCr.Launcher;

/// <summary>The kernel is not of an older series: programs may use system calls that it lacks.</summary>
internal sealed partial class KernelCheck : IRestoreCheck
{
    public string Name => "kernel";

    public RestoreFinding Look(RestoreTarget target)
    {
        var here = Machine.Here.Kernel;
        var isOlder = target.Sandbox.Machine is { } machine && Series(here) is { } ours && Series(machine.Kernel) is { } theirs && ours < theirs;
        return new RestoreFinding($"Linux {here}",
            isOlder ? [$"the kernel {here} is older than the {target.Sandbox.Machine!.Kernel} of the epoch, and the job may use what it lacks"] : []);
    }

    private static Version? Series(string release) => Version.TryParse(MajorMinor().Match(release).Value, out var series) ? series : null;

    [GeneratedRegex(@"^\d+\.\d+")]
    private static partial Regex MajorMinor();
}
