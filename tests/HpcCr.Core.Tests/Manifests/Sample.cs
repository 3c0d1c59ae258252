namespace HpcCr.Core.Tests.Manifests;

/// <summary>A manifest with something in every field.</summary>
internal static class Sample
{
    public static readonly string Hash = new('a', 64);

    public static JobSpec Spec => new()
    {
        Name = "stencil",
        Command = ["mpirun", "-np", "4", "./stencil", "with space and 'quote'"],
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin", ["EMPTY"] = "", ["UNI"] = "höhe\n" },
        WorkingDirectory = "/home/user",
        Umask = 0x12,
        Uid = 1000,
        Gid = 1000,
        Limits = [new ResourceLimit(7, 1024, ulong.MaxValue)],
        Nodes = ["node1", "node2"],
        Hosts = ["node3", "node2"],
        PastAddresses = [new AddressGeneration([["10.0.0.1", "fd00::1"], []])],
        CheckpointDirectory = "/ckpt",
        PrivateTmp = true,
        Capture = ["/home/user/*.h5"],
    };

    public static Manifest Manifest => new()
    {
        Version = Core.Manifest.CurrentVersion,
        Job = "stencil",
        Epoch = 12,
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Software = "0.1.0",
        Engine = "criu 4.2.1",
        Spec = Spec,
        Stopped = true,
        PauseMilliseconds = 12.5,
        Phases = new PhaseTimings { Quiesce = 1, Freeze = 2, Drain = 3, Lock = 4, Dump = 5, Resume = 6, Seal = 7, Commit = 8 },
        Refreezes = 2,
        Cut = CutVerdict.Consistent,
        Nodes = [Node("node1"), Node("node2")],
        Signatures = [new ManifestSignature("*", "key1", "c2lnbmF0dXJl")],
    };

    public static ManifestNode Node(string name) => new()
    {
        Node = name,
        Addresses = ["10.0.0.1", "fe80::1"],
        PauseMilliseconds = 11.5,
        Processes = 3,
        Files = [new ImageRecord("core-1.img", 100, Hash), new ImageRecord("shm/a b'c", 0, Hash)],
        Connections =
        [
            new ConnectionRecord
            {
                Local = "10.0.0.1:1", Remote = "10.0.0.2:2", State = "Established", InJob = true,
                InFlightBefore = 1, InFlightAfter = 2, ReceiveQueue = 3, SendQueue = 4,
                Inode = 4711, Numbers = new TcpNumbers(uint.MaxValue, 3, 1, 4, 2),
            },
        ],
        Listeners = ["0.0.0.0:7000"],
        JobFiles = [new FileRecord("/home/user/out.dat", 42)],
        Machine = new MachineRecord("6.1.0", ["avx2", "sse2"], 832),
        User = new UserRecord("user", [1000, 27]),
        NeededFiles = [new NeededFile("/usr/bin/app", 4711, false), new NeededFile("/home/user", null, true)],
        Mounts = [new MountRecord("/home", "nfs4", "server:/home", true)],
        ListenerTimeouts = [new ListenerTimeout("0.0.0.0:7000", 3000)],
    };
}
