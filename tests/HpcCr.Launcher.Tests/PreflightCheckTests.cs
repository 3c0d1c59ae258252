using HpcCr.Linux;

namespace HpcCr.Launcher.Tests;

/// <summary>Rules about what this machine has not; T1250_Preflight has the rest.</summary>
public sealed class PreflightCheckTests
{
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;
    private const uint RegularType = 0x8000;

    [Theory]
    [InlineData("/dev/infiniband/uverbs0", 231u, 192u, "UCX_TLS=tcp,self,sm")]
    [InlineData("/dev/nvidia0", 195u, 0u, "does not use the GPU")]
    [InlineData("/dev/dri/renderD128", 226u, 128u, "does not use the GPU")]
    [InlineData("/dev/ttyS0", 4u, 64u, "without it")]
    public void ADeviceOfADriver_Open_IsAFaultWithItsRemedy(string path, uint major, uint minor, string remedy)
    {
        var finding = Assert.Single(new DeviceCheck().Look(Target(path, new FileFacts(CharacterDevice, 1, 0, 0, 0, major, minor), descriptor: 9)));

        Assert.Equal((4711, $"holds {path}, which cannot be dumped", false), (finding.Pid, finding.Text, finding.IsWarning));
        Assert.Contains(remedy, finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeviceOfADriver_Mapped_IsAFault() =>
        Assert.Equal("maps the memory of /dev/infiniband/uverbs0, which cannot be dumped",
            Assert.Single(new DeviceCheck().Look(Target("/dev/infiniband/uverbs0", new FileFacts(CharacterDevice, 1, 0, 0, 0, 231, 192)))).Text);

    [Theory]
    [InlineData(CharacterDevice, 1u, 3u, true)] // null
    [InlineData(CharacterDevice, 1u, 9u, true)] // urandom
    [InlineData(CharacterDevice, 5u, 0u, true)] // tty
    [InlineData(CharacterDevice, 5u, 2u, true)] // ptmx
    [InlineData(CharacterDevice, 136u, 7u, true)] // pts/7
    [InlineData(CharacterDevice, 4u, 1u, true)] // tty1
    [InlineData(CharacterDevice, 4u, 0u, false)] // tty0
    [InlineData(CharacterDevice, 10u, 235u, true)] // autofs
    [InlineData(CharacterDevice, 10u, 200u, false)] // net/tun
    [InlineData(CharacterDevice, 10u, 232u, false)] // kvm
    [InlineData(BlockDevice, 1u, 0u, false)] // ram0
    public void Devices_ThatTheEngineKnows(uint type, uint major, uint minor, bool known) =>
        Assert.Equal(known, DeviceCheck.CanBeDumped(new FileFacts(type, 1, 0, 0, 0, major, minor)));

    [Theory]
    [InlineData("anon_inode:[eventpoll]", "eventpoll")]
    [InlineData("anon_inode:inotify", "inotify")]
    [InlineData("anon_inode:[io_uring]", "io_uring")]
    [InlineData("/secretmem (deleted)", "secret memory")]
    [InlineData("/memfd:x (deleted)", null)]
    [InlineData("socket:[4711]", null)]
    public void KernelObjects_AreKnownByTheirNames(string target, string? kind) => Assert.Equal(kind, KernelObjectCheck.KindOf(target));

    [Theory]
    [InlineData("TCPv6", true)]
    [InlineData("UNIX-STREAM", true)]
    [InlineData("SCTP", false)]
    [InlineData("SMC", false)]
    [InlineData("AF_VSOCK", false)]
    [InlineData("RDS", false)]
    public void Sockets_ThatTheEngineKnows(string protocol, bool known) => Assert.Equal(known, SocketCheck.IsKnown(protocol));

    [Theory]
    [InlineData("/data (deleted)", 0u, true)]
    [InlineData("/data (deleted)", 1u, false)]
    [InlineData("/data", 0u, false)]
    [InlineData("/memfd:x (deleted)", 0u, false)]
    [InlineData("/dev/zero (deleted)", 0u, false)]
    [InlineData("/dev/shm/x (deleted)", 0u, true)]
    public void Ghosts_AreFilesThatLostTheirLastName(string target, uint links, bool ghost) =>
        Assert.Equal(ghost, new OpenThing(target, "", new FileFacts(RegularType, links, 0, 0, 0, 0, 0), null).IsGhost);

    [Theory]
    [InlineData("/proc/4711/maps", true)]
    [InlineData("/proc/4711", true)]
    [InlineData("/proc/4711/task/4712/stat", true)]
    [InlineData("/proc/4711/net/dev", true)]
    [InlineData("/proc/1/cwd/etc/shadow", false)]
    [InlineData("/proc/4711/fd/3", false)]
    [InlineData("/proc/sys/kernel/core_pattern", false)]
    [InlineData("/proc/../etc/shadow", false)]
    public void FilesOfAProcess_AreItsOwnOnlyWhereTheyLeadNowhereElse(string path, bool own) => Assert.Equal(own, PathRights.IsOwnProcess(path));

    private static PreflightTarget Target(string path, FileFacts facts, int? descriptor = null) => new(null!, 1,
        [new ProcessLook(4711, [new OpenThing(path, "", facts, descriptor is { } number ? new OpenDescriptor(4711, number, path) : null)], [])]);
}
