using HpcCr.Core;

namespace HpcCr.Guard.Tests;

public sealed class SandboxLayoutTests
{
    private readonly SandboxLayout _layout = new RunLayout("/run/hpccr").Sandbox("stencil");

    [Fact]
    public void Layout_OfAJob_LiesWhollyInItsOwnFolder()
    {
        string[] paths =
        [
            _layout.GuardSocket, _layout.GuardLog, _layout.ExitStatus, _layout.Spec, _layout.Memory, _layout.SharedMemory,
            _layout.Temporary, _layout.Staging, _layout.RestoreRoot, _layout.HostFile("openmpi"), _layout.HostFile("hydra"),
        ];

        Assert.All(paths, p => Assert.StartsWith("/run/hpccr/jobs/stencil/", p, StringComparison.Ordinal));
        Assert.Equal(paths.Length, paths.Distinct().Count());
    }

    [Fact]
    public void Layout_PutsWhatOneUnmountMustRemove_BelowTheMemory() => Assert.All(
        [_layout.SharedMemory, _layout.Temporary, _layout.Staging], p => Assert.StartsWith(_layout.Memory + "/", p, StringComparison.Ordinal));

    [Fact]
    public void TemporaryInside_IsOutsideTheJobsFolders_WhichTheSandboxDoesNotSee() => Assert.Equal("/run/hpccr/tmp/stencil", _layout.TemporaryInside);
}
