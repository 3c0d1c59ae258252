using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Credentials;

public sealed class IdentityTests
{
    [Fact]
    public async Task Drop_ThenReplace_LeavesAUserWithoutCapabilitiesAndWithItsLimits()
    {
        Needs.Root();

        (ExitStatus status, string text) = await TestRole.RunAsync("drop");

        Assert.True(status.IsSuccess, text);
        Assert.Equal("12345\n23456\n23456 34567\n100\n200\nCapEff:\t0000000000000000", text);
    }

    [Fact]
    public async Task Replace_FromDotNet_ResetsIgnoredAndBlockedSignals()
    {
        (_, string text) = await TestRole.RunAsync("signals");

        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000", text);
    }

    [Fact]
    public async Task Replace_ByNoProgram_ThrowsInTheProcessThatGoesOn()
    {
        (ExitStatus status, string text) = await TestRole.RunAsync("missing");

        Assert.Equal(99, status.Code);
        Assert.Equal("execve(/no/such/program) failed: No such file or directory (ENOENT)", text);
    }

    [Fact]
    public void Groups_OfAUserNobodyKnows_IsTheGroupAlone()
    {
        Assert.Null(UserDatabase.Find(3_999_999_999));
        Assert.Equal([77U], UserDatabase.Groups(3_999_999_999, 77));
    }

    [Fact]
    public void Groups_OfAKnownUser_HoldsTheGroupGiven()
    {
        UserEntry root = UserDatabase.Find(0)!;

        Assert.Equal("root", root.Name);
        Assert.Equal("/root", root.Home);
        Assert.Contains(4711U, UserDatabase.Groups(0, 4711));
    }

    [Fact]
    public void Has_ComparedWithTheKernelsWord_Agrees()
    {
        Needs.Root();
        Assert.True(Capabilities.Has(Capability.SysAdmin));
        Assert.False(UserThread.Run(12345, 12345, [], () => Capabilities.Has(Capability.DacOverride)));
    }

    [Fact]
    public void ApplyToSelf_BeyondTheHardLimit_IsClampedUnlessPermitted()
    {
        Core.ResourceLimit files = ResourceLimits.OfSelf().Single(limit => limit.Resource == 7);
        IReadOnlyList<Core.ResourceLimit> clamped = ResourceLimits.ApplyToSelf([files with { Hard = files.Hard + 1 }]);

        Assert.Equal(Capabilities.Has(Capability.SysResource) ? [] : [files], clamped);
        Assert.Empty(ResourceLimits.ApplyToSelf(ResourceLimits.OfSelf()));
    }
}
