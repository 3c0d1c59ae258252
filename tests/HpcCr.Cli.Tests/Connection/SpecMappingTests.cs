using HpcCr.Protocol;

namespace HpcCr.Cli.Tests.Connection;

public sealed class SpecMappingTests
{
    private static readonly JobSpec Spec = new()
    {
        Name = "s",
        Command = ["mpirun", "a b", "c\nd", ""],
        Environment = new Dictionary<string, string> { ["A"] = "1=2", ["EMPTY"] = "" },
        WorkingDirectory = "/home/a b",
        Umask = 0x3f,
        Uid = 1000,
        Gid = 100,
        Limits = [new ResourceLimit(7, 1024, ulong.MaxValue)],
        Nodes = ["node1", "node2"],
        CheckpointDirectory = "/ckpt",
        PrivateTmp = true,
        IntervalMilliseconds = 600_000,
        Keep = 3,
        Capture = ["/home/a b/*.h5", "/out/**"],
        SlurmJob = 12,
        SlurmStep = 3,
        Slots = [4, 2],
        Outside = ["10.0.0.9:6379=close"],
        Plugins = [new PluginUse("redis", null, "{}"), new PluginUse("own", "/home/a b/own", null)],
        Hosts = ["node3", "node4"],
        PastAddresses = [new AddressGeneration([["10.0.0.1", "fd00::1"], ["10.0.0.2"]])],
    };

    [Fact]
    public void AJob_ThatTravels_IsTheSameAtTheOtherEnd()
    {
        var back = Spec.ToWire().ToCore();
        var lists = Spec with
        {
            Command = back.Command,
            Environment = back.Environment,
            Limits = back.Limits,
            Nodes = back.Nodes,
            Hosts = back.Hosts,
            PastAddresses = back.PastAddresses,
            Capture = back.Capture,
            Slots = back.Slots,
            Outside = back.Outside,
            Plugins = back.Plugins,
        };
        Assert.Equal(lists, back);
        Assert.Equal(Spec.Command, back.Command);
        Assert.Equal(Spec.Capture, back.Capture);
        Assert.Equal(Spec.Slots, back.Slots);
        Assert.Equal(Spec.Outside, back.Outside);
        Assert.Equal(Spec.Plugins, back.Plugins);
        Assert.Equal(Spec.Environment, back.Environment);
        Assert.Equal(Spec.Limits, back.Limits);
        Assert.Equal(Spec.Nodes, back.Nodes);
        Assert.Equal(Spec.Hosts, back.Hosts);
        Assert.Equal(Spec.PastAddresses.SelectMany(g => g.OfSandboxes), back.PastAddresses.SelectMany(g => g.OfSandboxes));
    }

    [Fact]
    public void AJobThatIsWrong_IsRefused()
    {
        Refused(wire => wire.Name = "../x");
        Refused(wire => wire.Command.Clear());
        Refused(wire => wire.Command[1] = "a\0b");
        Refused(wire => wire.Environment["X\0"] = "");
        Refused(wire => wire.Environment["X=Y"] = "");
        Refused(wire => wire.WorkingDirectory = "relative");
        Refused(wire => wire.CheckpointDirectory = "/a\0b");
        Refused(wire => wire.Nodes[0] = "a/b");
    }

    [Fact]
    public void EveryState_Travels() =>
        Assert.All(Enum.GetValues<JobState>(), state => Assert.Equal(state, state.ToWire().ToCore()));

    private static void Refused(Action<Protocol.V1.JobSpec> change)
    {
        var wire = Spec.ToWire();
        change(wire);
        Assert.Equal(FailureKind.Usage, Assert.Throws<HpcCrException>(() => wire.ToCore()).Kind);
    }
}
