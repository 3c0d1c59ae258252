namespace HpcCr.Core.Tests.Cuts;

/// <summary>Every pair of states and every way not to fit, without a kernel.</summary>
public sealed class CutProofTests
{
    private static readonly string[] States = ["ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT", "CLOSING", "LAST_ACK"];

    // What the two ends of a connection can be in at one instant.
    private static readonly HashSet<(string, string)> Possible =
    [
        ("ESTABLISHED", "ESTABLISHED"), ("ESTABLISHED", "FIN_WAIT1"), ("FIN_WAIT1", "CLOSE_WAIT"), ("FIN_WAIT2", "CLOSE_WAIT"),
        ("FIN_WAIT1", "FIN_WAIT1"), ("FIN_WAIT1", "CLOSING"), ("FIN_WAIT1", "LAST_ACK"), ("FIN_WAIT2", "CLOSING"), ("FIN_WAIT2", "LAST_ACK"),
        ("CLOSING", "CLOSING"), ("CLOSING", "LAST_ACK"), ("LAST_ACK", "LAST_ACK"),
    ];

    public static TheoryData<string, string> EveryPair => [.. from left in States from right in States select (left, right)];

    public static TheoryData<string, string> PossiblePairs => [.. from pair in Possible select pair];

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void Of_EveryPairOfStates_IsConsistentOnlyIfTheFinsFit(string left, string right)
    {
        var (one, other) = Cut.Pair(left, right);
        var verdict = CutProof.Of([Cut.Node("node1", one), Cut.Node("node2", other)]);
        var connection = Assert.Single(verdict.Connections);
        Assert.Equal("node2", connection.Peer?.Node.Node);
        Assert.Equal(Possible.Contains((left, right)) || Possible.Contains((right, left)), verdict.Faults.Count == 0);
    }

    [Theory]
    [MemberData(nameof(PossiblePairs))]
    public void Of_ANumberThatIsWrongByFar_IsInconsistentInEveryPairOfStates(string left, string right)
    {
        var (one, other) = Cut.Pair(left, right);
        var numbers = one.Numbers!;
        foreach (var wrong in new[]
        {
            numbers with { SendSequence = numbers.SendSequence + 6 }, numbers with { SendSequence = numbers.SendSequence - 6 },
            numbers with { ReceiveSequence = numbers.ReceiveSequence + 6 }, numbers with { ReceiveSequence = numbers.ReceiveSequence - 6 },
            numbers with { SendSequence = numbers.SendSequence ^ 0x8000_0000 }, numbers with { ReceiveSequence = numbers.ReceiveSequence ^ 0x8000_0000 },
            numbers with { ReceiveLength = 1 },
        })
        {
            var verdict = CutProof.Of([Cut.Node("node1", one with { Numbers = wrong }), Cut.Node("node2", other)]);
            Assert.Equal(CutVerdict.Inconsistent, verdict.Cut);
            Assert.Contains("node1 " + Cut.Left, verdict.Faults[0], StringComparison.Ordinal);
            Assert.Contains("node2 " + Cut.Right, verdict.Faults[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Of_WhatTheReceiverHas_IsBetweenAcknowledgedAndSent(uint received, bool consistent)
    {
        // Of seven bytes three were acknowledged and five sent.
        var sender = Cut.End(Cut.Left, Cut.Right, numbers: new TcpNumbers(0, 0, 7, 4, 2));
        var receiver = Cut.End(Cut.Right, Cut.Left, numbers: new TcpNumbers(received, 0, 0, 0, 0));
        Assert.Equal(consistent, CutProof.Of([Cut.Node("node1", sender), Cut.Node("node2", receiver)]).Faults.Count == 0);
    }

    [Fact]
    public void Of_AFinBehindUnsentBytes_IsLeftOutOfWhatWasSent()
    {
        // Seven bytes and a FIN: three acknowledged, five sent. The engine counts the FIN in the sequence number only.
        var sender = Cut.End(Cut.Left, Cut.Right, "FIN_WAIT1", new TcpNumbers(0, 0, 8, 4, 2));
        Assert.True(Proves(5));
        Assert.True(Proves(3));
        Assert.False(Proves(6));
        Assert.False(Proves(2));

        bool Proves(uint received) => CutProof.Of(
        [
            Cut.Node("node1", sender), Cut.Node("node2", Cut.End(Cut.Right, Cut.Left, numbers: new TcpNumbers(received, 0, 0, 0, 0))),
        ]).Faults.Count == 0;
    }

    [Theory]
    [InlineData("ESTABLISHED", 5, 5, true)]
    [InlineData("ESTABLISHED", 6, 5, false)]
    [InlineData("ESTABLISHED", 4, 5, false)]
    [InlineData("CLOSE_WAIT", 6, 5, true)]
    [InlineData("CLOSE_WAIT", 5, 5, false)]
    [InlineData("CLOSE_WAIT", 1, 0, true)]
    [InlineData("CLOSE_WAIT", 0, 0, true)]
    public void Of_TheReceiveQueue_IsInTheImageAsItWasMeasured(string state, int measured, uint dumped, bool consistent)
    {
        var (_, other) = Cut.Pair(state == "ESTABLISHED" ? "ESTABLISHED" : "FIN_WAIT2", state);
        var (one, _) = Cut.Pair(state == "ESTABLISHED" ? "ESTABLISHED" : "FIN_WAIT2", state);
        other = other with { ReceiveQueue = measured, Numbers = other.Numbers! with { ReceiveLength = dumped } };
        Assert.Equal(consistent, CutProof.Of([Cut.Node("node1", one), Cut.Node("node2", other)]).Faults.Count == 0);
    }

    [Theory]
    [InlineData("SYN_SENT", true)]
    [InlineData("CLOSE_WAIT", true)]
    [InlineData("CLOSE", true)]
    [InlineData("ESTABLISHED", false)]
    [InlineData("FIN_WAIT1", false)]
    [InlineData("FIN_WAIT2", false)]
    [InlineData("LAST_ACK", false)]
    public void Of_AnEndWithoutAPeer_IsAcceptedWhereThePeerMayBeGone(string state, bool accepted)
    {
        var verdict = CutProof.Of([Cut.Node("node1", Cut.End(Cut.Left, Cut.Right, state)), Cut.Node("node2")]);
        Assert.Null(Assert.Single(verdict.Connections).Peer);
        Assert.Equal(accepted, verdict.Faults.Count == 0);
    }

    [Fact]
    public void Of_AConnectionToTheOutside_IsNotTheProofsBusiness()
    {
        var outside = Cut.End(Cut.Left, "192.0.2.1:80", numbers: new TcpNumbers(1, 9, 2, 3, 4)) with { InJob = false };
        Assert.Equal(CutVerdict.Consistent, CutProof.Of([Cut.Node("node1", outside)]).Cut);
    }

    [Fact]
    public void Of_AConnectionInNoImage_IsInconsistent()
    {
        var verdict = CutProof.Of([Cut.Node("node1", Cut.End(Cut.Left, Cut.Right) with { Numbers = null }), Cut.Node("node2", Cut.End(Cut.Right, Cut.Left))]);
        Assert.Contains("10.0.0.1:4000 is in no image", Assert.Single(verdict.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_LoopbackConnectionsWithTheSamePortsOnTwoNodes_MatchesEachOnItsOwnNode()
    {
        ManifestNode[] nodes =
        [
            Cut.Node("node1", Cut.End("127.0.0.1:1", "127.0.0.1:2", numbers: new(10, 0, 10, 0, 0)), Cut.End("127.0.0.1:2", "127.0.0.1:1", numbers: new(10, 0, 10, 0, 0))),
            Cut.Node("node2", Cut.End("[::1]:1", "[::1]:2"), Cut.End("[::1]:2", "[::1]:1"), Cut.End("127.0.0.1:1", "127.0.0.1:2"), Cut.End("127.0.0.1:2", "127.0.0.1:1")),
        ];
        var verdict = CutProof.Of(nodes);
        Assert.Empty(verdict.Faults);
        Assert.Equal(3, verdict.Connections.Count);
        Assert.All(verdict.Connections, c => Assert.Equal(c.End.Node, c.Peer!.Node));
    }

    [Fact]
    public void Of_TwoSandboxesOnOneHost_MatchesLoopbackBetweenThem()
    {
        var one = Cut.Node("node1", Cut.End("127.0.0.1:1", "127.0.0.1:2"));
        var other = Cut.Node("node1", Cut.End("127.0.0.1:2", "127.0.0.1:1")) with { Node = "node9" };
        Assert.Equal("node9", Assert.Single(CutProof.Of([one, other]).Connections).Peer?.Node.Node);
        Assert.NotEmpty(CutProof.Of([one, other with { Addresses = ["10.0.0.9"] }]).Faults);
    }

    [Fact]
    public void Of_AnAddressThatEveryHostHas_MeansTheOwnHost()
    {
        ConnectionRecord[] ends = [Cut.End("172.17.0.1:1", "172.17.0.1:2"), Cut.End("172.17.0.1:2", "172.17.0.1:1")];
        ManifestNode[] nodes = [.. new[] { "node1", "node2" }.Select(name => Cut.Node(name, ends) with { Addresses = [$"10.0.0.{name[^1]}", "172.17.0.1"] })];
        Assert.All(CutProof.Of(nodes).Connections, c => Assert.Equal(c.End.Node, c.Peer!.Node));
    }

    [Fact]
    public void Of_TwoSocketsWithTheSameAddresses_TakesTheOneThatFits()
    {
        var fits = Cut.End(Cut.Right, Cut.Left);
        var other = Cut.End(Cut.Right, Cut.Left, numbers: new TcpNumbers(7000, 0, 9000, 0, 0));
        var verdict = CutProof.Of(
        [
            Cut.Node("node1", Cut.End(Cut.Left, Cut.Right), Cut.End(Cut.Left, Cut.Right, numbers: new TcpNumbers(9000, 0, 7000, 0, 0))), Cut.Node("node2", other, fits),
        ]);
        Assert.Empty(verdict.Faults);
        Assert.Equal(2, verdict.Connections.Count);
    }

    [Fact]
    public void Of_ASocketConnectedToItself_IsItsOwnPeer()
    {
        var verdict = CutProof.Of([Cut.Node("node1", Cut.End("127.0.0.1:5", "127.0.0.1:5"))]);
        Assert.Empty(verdict.Faults);
        Assert.NotNull(Assert.Single(verdict.Connections).Peer);
    }

    [Fact]
    public void Mark_AnEndWhosePeerAnotherProgramHas_IsOutside()
    {
        var node1 = Cut.Node("node1", Cut.End(Cut.Left, Cut.Right), Cut.End("127.0.0.1:6", "127.0.0.1:7"), Cut.End("10.0.0.1:8", "10.0.0.2:9"));
        var others = new Dictionary<string, IReadOnlySet<(string, string)>>
        {
            ["node1"] = new HashSet<(string, string)>(),
            ["node2"] = new HashSet<(string, string)> { (Cut.Right, Cut.Left), ("127.0.0.1:7", "127.0.0.1:6") },
        };
        var marked = OutsidePeers.Mark([node1, Cut.Node("node2")], others);
        // A loopback connection on another host has nothing to do with ours.
        Assert.Equal([false, true, true], marked[0].Connections.Select(c => c.InJob));
    }

    [Fact]
    public void Mark_AnEndWithAPeerInTheJob_StaysInside()
    {
        // Two sandboxes on one host see each other's sockets as those of others.
        var others = new Dictionary<string, IReadOnlySet<(string, string)>> { ["node2"] = new HashSet<(string, string)> { (Cut.Right, Cut.Left) } };
        ManifestNode[] nodes = [Cut.Node("node1", Cut.End(Cut.Left, Cut.Right)), Cut.Node("node2", Cut.End(Cut.Right, Cut.Left))];
        Assert.Same(nodes, OutsidePeers.Mark(nodes, others));
    }

    [Fact]
    public void Of_ThousandsOfConnections_TakesNoTimeToSpeakOf()
    {
        ManifestNode Side(string name, string local, string remote) => Cut.Node(name, [.. Enumerable.Range(1, 20_000).Select(port => Cut.End($"{local}:{port}", $"{remote}:{port}"))]);
        var began = System.Diagnostics.Stopwatch.StartNew();
        Assert.Empty(CutProof.Of([Side("node1", "10.0.0.1", "10.0.0.2"), Side("node2", "10.0.0.2", "10.0.0.1")]).Faults);
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(2), $"{began.Elapsed}");
    }
}
