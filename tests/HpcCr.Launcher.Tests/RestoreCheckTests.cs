using HpcCr.Core;

namespace HpcCr.Launcher.Tests;

public sealed class RestoreCheckTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData("criu 4.2.1", "criu 4.2.1", 0)]
    [InlineData("criu 4.2", "criu 4.3.1", 0)]
    [InlineData("criu 4.3", "criu 4.2.1", 1)]
    [InlineData("another 1", "criu 4.2.1", 0)]
    public void Engine_OlderThanTheOneThatWrote_IsAFault(string wrote, string here, int faults) =>
        Assert.Equal(faults, new EngineCheck().Look(Target(Sandbox(), wrote, here)).Faults.Count);

    [Fact]
    public void Engine_ThatDoesNotWork_IsAFault() =>
        Assert.Equal("none here", Assert.Single(new EngineCheck().Look(Target(Sandbox(), "criu 4.2", "none here", "none here")).Faults));

    [Theory]
    [InlineData("2.6.32-1.el6", 0)]
    [InlineData("same", 0)]
    [InlineData("999.0.1", 1)]
    [InlineData("garbage", 0)]
    public void Kernel_OfAnOlderSeries_IsAFault(string before, int faults)
    {
        var kernel = before == "same" ? Machine.Here.Kernel : before;

        Assert.Equal(faults, new KernelCheck().Look(Target(Sandbox() with { Machine = Machine.Here with { Kernel = kernel } })).Faults.Count);
    }

    [Fact]
    public void Processor_NamesWhatIsMissing_AndRegistersOfAnotherSize()
    {
        var before = Machine.Here with { ProcessorFlags = [.. Machine.Here.ProcessorFlags, "avx4096", "avx8192"], XsaveBytes = Machine.Here.XsaveBytes + 64 };

        var faults = new ProcessorCheck().Look(Target(Sandbox() with { Machine = before })).Faults;

        Assert.Equal(2, faults.Count);
        Assert.Contains("avx4096, avx8192", faults[0], StringComparison.Ordinal);
        Assert.Empty(new ProcessorCheck().Look(Target(Sandbox() with { Machine = Machine.Here with { ProcessorFlags = [], XsaveBytes = 0 } })).Faults);
    }

    [Fact]
    public void Paths_MissingOrOfAnotherSize_AreNamed()
    {
        var file = Path.Combine(_node.Root, "file");
        File.WriteAllText(file, "12345");
        var sandbox = Sandbox() with
        {
            NeededFiles = [new(file, 5, false), new(_node.Root, null, true), new(file + "2", 5, false), new(_node.Root + "2", null, true), new("/etc/hosts", 1, false)],
        };

        var faults = new PathCheck().Look(Target(sandbox)).Faults;

        Assert.Equal(3, faults.Count);
        Assert.Contains($"{file}2, which the job has open or runs, is not there", faults);
        Assert.Contains($"the folder {_node.Root}2, which the job is in or has open, is not there", faults);
        Assert.Contains(faults, fault => fault.StartsWith("/etc/hosts has ", StringComparison.Ordinal));
    }

    [Fact]
    public void Paths_WithAnotherTime_AreComparedByTheirContents()
    {
        var file = Path.Combine(_node.Root, "file");
        File.WriteAllText(file, "12345");
        var needed = new NeededFile(file, 5, false) { Sha256 = InputHashes.Of(file, out var modified), ModifiedNs = modified, IsData = true };
        var target = Target(Sandbox() with { NeededFiles = [needed] });
        Assert.Empty(new PathCheck().Look(target).Faults);

        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.Empty(new PathCheck().Look(target).Faults);
        File.WriteAllText(file, "54321");
        Assert.Equal($"{file}, which the job reads, was changed since the cut", Assert.Single(new PathCheck().Look(target).Faults));
        Assert.Empty(new PathCheck().Look(target with { Treatment = FileTreatment.Keep }).Faults);
        var mapped = Target(Sandbox() with { NeededFiles = [needed with { IsData = false }] }) with { Treatment = FileTreatment.Keep };
        Assert.Single(new PathCheck().Look(mapped).Faults);
    }

    [Fact]
    public void Paths_ThatAnotherNodeOfTheJobWrites_MayHaveGrown() =>
        Assert.Empty(new PathCheck().Look(Target(Sandbox() with { NeededFiles = [new("/etc/hosts", 1, false)], JobFiles = [new("/etc/hosts", 1)] })).Faults);

    [Fact]
    public void EveryCheck_OnAnEpochThatRecordedNothing_FindsNoFault()
    {
        IRestoreCheck[] checks = [new KernelCheck(), new ProcessorCheck(), new UserCheck(), new MountCheck(), new PathCheck(), new JobFileCheck(), new PortCheck(), new SpaceCheck()];

        foreach (var check in checks)
            Assert.Empty(check.Look(Target(Sandbox())).Faults);
    }

    private static ManifestNode Sandbox() => new() { Node = "node2", Addresses = [], Files = [] };

    private RestoreTarget Target(ManifestNode sandbox, string wrote = "criu 4.2.1", string here = "criu 4.2.1", string? fault = null)
    {
        var manifest = new Manifest
        {
            Version = Manifest.CurrentVersion,
            Job = "stencil",
            Epoch = 1,
            Time = DateTimeOffset.UnixEpoch,
            Software = "0.1",
            Engine = wrote,
            Spec = TestNode.Spec(uid: 0) with { WorkingDirectory = _node.Root },
            Phases = new PhaseTimings(),
            Nodes = [sandbox],
        };
        var stays = new SandboxRelocation(new Place("node1", "node1"), [], [], [], AddressView.None);
        return new RestoreTarget(manifest, sandbox, new MovedSockets(sandbox, stays), _node.Options, new NodeFacts([], here, fault, new EngineCommands("criu")), JobIsHere: false);
    }
}
