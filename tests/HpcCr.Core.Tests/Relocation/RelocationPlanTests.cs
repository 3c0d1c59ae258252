namespace HpcCr.Core.Tests.Relocation;

public sealed class RelocationPlanTests
{
    [Fact]
    public void Make_WhereEverythingWas_ChangesNothing()
    {
        var plan = Moves.Pair().To("node1", "node2");

        Assert.All(plan.Sandboxes, s => Assert.True(s.IsInPlace && s.View.IsEmpty));
        Assert.Empty(plan.Faults);
        Assert.Empty(plan.Spec.Hosts);
        Assert.Empty(plan.Spec.PastAddresses);
    }

    [Fact]
    public void Make_ToTwoOthers_MovesBothEndsOfEveryConnection()
    {
        var plan = Moves.Pair().To("node3", "node4");

        Assert.Empty(plan.Faults);
        Assert.Equal([new Place("node1", "node3"), new Place("node2", "node4")], plan.Sandboxes.Select(s => s.Place));
        Assert.Equal(
            [new ConnectionChange("10.0.0.1:7", "10.0.0.2:9", "10.0.0.3:7", "10.0.0.4:9"), new ConnectionChange("[fd00::1]:7", "[fd00::2]:9", "[fd00::3]:7", "[fd00::4]:9")],
            plan.Sandboxes[0].Connections);
        Assert.Equal(("10.0.0.4:9", "10.0.0.3:7"), (plan.Sandboxes[1].Connections[0].Local, plan.Sandboxes[1].Connections[0].Remote));
        Assert.Equal(["node3", "node4"], plan.Spec.Hosts);
        AssertViews(plan, "1>3 2>4");
        AssertView(plan.Sandboxes[0].View, binding: "1>3", peers: "3>1 4>2", own: "3>1");
        AssertView(plan.Sandboxes[1].View, binding: "2>4", peers: "3>1 4>2", own: "4>2");
    }

    [Fact]
    public void Make_OfOneOfTwo_TellsTheOtherToo()
    {
        var plan = Moves.Pair().To("node1", "node3");

        Assert.Equal(("10.0.0.1:7", "10.0.0.3:9"), (plan.Sandboxes[0].Connections[0].Local, plan.Sandboxes[0].Connections[0].Remote));
        Assert.False(plan.Sandboxes[0].IsInPlace);
        AssertView(plan.Sandboxes[0].View, binding: "", peers: "3>2", own: "");
        AssertView(plan.Sandboxes[1].View, binding: "2>3", peers: "3>2", own: "3>2");
    }

    [Fact]
    public void Make_InEachOthersPlace_CrossesEverything()
    {
        var plan = Moves.Pair().To("node2", "node1");

        Assert.Empty(plan.Faults);
        Assert.Equal(("10.0.0.2:7", "10.0.0.1:9"), (plan.Sandboxes[0].Connections[0].Local, plan.Sandboxes[0].Connections[0].Remote));
        AssertViews(plan, "1>2 2>1");
        AssertView(plan.Sandboxes[0].View, binding: "1>2", peers: "1>2 2>1", own: "2>1");
        AssertView(plan.Sandboxes[1].View, binding: "2>1", peers: "1>2 2>1", own: "1>2");
    }

    [Theory]
    [InlineData("10.0.0.1:7 192.0.2.1:9", null, "node1", "kept")]
    [InlineData("10.0.0.1:7 192.0.2.1:9", null, "node3", "ended")]
    [InlineData("10.0.0.1:7 192.0.2.1:9", "192.0.2.1:9=keep", "node1", "kept")]
    [InlineData("10.0.0.1:7 192.0.2.1:9", "192.0.2.1:9=keep", "node3", "fault")]
    [InlineData("10.0.0.1:7 192.0.2.1:9", "192.0.2.1:9=close", "node1", "ended")]
    [InlineData("10.0.0.1:7 192.0.2.1:9", "192.0.2.1:8=close", "node1", "kept")]
    [InlineData("10.0.0.1:7 192.0.2.1:9", "*=close", "node3", "ended")]
    [InlineData("[fd00::1]:7 [2001:db8::1]:9", "[2001:db8::1]=keep", "node3", "fault")]
    [InlineData("[fd00::1]:7 [2001:db8::1]:9", null, "node3", "ended")]
    [InlineData("127.0.0.1:7 127.0.0.1:9", null, "node1", "kept")]
    [InlineData("127.0.0.1:7 127.0.0.1:9", null, "node3", "ended")]
    [InlineData("10.0.0.77:7 192.0.2.1:9", null, "node1", "ended")] // the node has not that address any more
    public void AConnectionToOutside_IsKeptEndedOrAFault(string connection, string? rule, string target, string outcome)
    {
        var epoch = Moves.Epoch(Moves.Node("node1", connection).Outside());
        var plan = (epoch with { Spec = epoch.Spec with { Outside = rule is null ? [] : [rule] } }).To(target);
        Assert.Equal(outcome == "fault" ? 1 : 0, plan.Faults.Count(f => f.Contains("is to be kept", StringComparison.Ordinal)));
        if (outcome == "ended")
            Assert.Empty(plan.Faults);
        Assert.Equal(outcome == "ended" ? 1 : 0, plan.Sandboxes[0].Ended.Count);
        Assert.All(plan.Sandboxes[0].Ended, end => Assert.True(System.Net.IPAddress.IsLoopback(System.Net.IPEndPoint.Parse(end.Local).Address) && System.Net.IPAddress.IsLoopback(System.Net.IPEndPoint.Parse(end.Remote).Address)));
    }

    [Theory]
    [InlineData(null, null, 0, true)]
    [InlineData("*=close", null, 1, false)]
    [InlineData("10.0.0.9=close", null, 0, true)]
    [InlineData(null, OutsidePolicy.Close, 1, true)]
    public void AClaimOfAPlugin_IsBehindARule(string? rule, OutsidePolicy? claimed, int ended, bool stays)
    {
        var node = Moves.Node("node1", "10.0.0.1:7 192.0.2.1:9").Outside();
        node = node with { Connections = [node.Connections[0] with { ReconnectedBy = claimed is null ? "redis" : null, Claimed = claimed }] };
        var epoch = Moves.Epoch(node);
        epoch = (epoch with { Spec = epoch.Spec with { Outside = rule is null ? [] : [rule] } }).UnderRules();
        var plan = epoch.To("node1");
        Assert.Equal(ended, plan.Sandboxes[0].Ended.Count);
        Assert.Empty(plan.Sandboxes[0].Connections);
        Assert.Equal(stays && claimed is null ? "redis" : null, epoch.Nodes[0].Connections[0].ReconnectedBy);
        // Nobody needs the old address where a plugin calls anew.
        Assert.Empty(epoch.To("node3").Faults);
    }

    [Fact]
    public void APeerOutside_AtAnAddressThatIsLeft_DoesNotMoveAlong()
    {
        var plan = Moves.Epoch(Moves.Node("node1"), Moves.Node("node2", "10.0.0.2:7 10.0.0.1:6379").Outside()).To("node3", "node2");
        Assert.Equal([new ConnectionChange("10.0.0.2:7", "10.0.0.1:6379", "10.0.0.2:7", "10.0.0.1:6379")], plan.Sandboxes[1].Connections);
        Assert.Empty(plan.Sandboxes[1].Ended);
    }

    [Theory]
    [InlineData("node3", "node4")]
    [InlineData("node2", "node1")]
    [InlineData("node3", "node3")]
    public void Make_BackHome_NeedsNoView(string first, string second)
    {
        var plan = Moves.Pair().Then(first, second).To("node1", "node2");

        Assert.Empty(plan.Faults);
        Assert.Empty(plan.Spec.Hosts);
        Assert.Equal([("10.0.0.1:7", "10.0.0.2:9"), ("10.0.0.2:9", "10.0.0.1:7")], plan.Sandboxes.Select(s => (s.Connections[0].Local, s.Connections[0].Remote)));
        // What only the move knew is still understood, should anybody have learnt it.
        Assert.All(plan.Sandboxes, s => Assert.Equal("", s.View.Peers.Concat(s.View.Own).Text()));
    }

    [Fact]
    public void Make_AMoveAfterAMove_ShowsTheFirstAddressesAndKnowsAll()
    {
        var plan = Moves.Pair().Then("node3", "node4").To("node5", "node6");

        Assert.Equal(("10.0.0.3:7", "10.0.0.5:7"), (plan.Sandboxes[0].Connections[0].OldLocal, plan.Sandboxes[0].Connections[0].Local));
        AssertViews(plan, "1>5 2>6 3>5 4>6");
        AssertView(plan.Sandboxes[0].View, binding: "1>5 3>5", peers: "5>1 6>2", own: "5>1");
    }

    [Fact]
    public void Make_TheSecondPlaceIsTheOthersFirst_AnAddressMeansWhoHadItFirst()
    {
        var plan = Moves.Pair().Then("node3", "node1").To("node4", "node3");

        AssertViews(plan, "1>4 2>3 3>4");
        AssertView(plan.Sandboxes[1].View, binding: "2>3", peers: "3>2 4>1", own: "3>2");
    }

    [Fact]
    public void Make_ToTheSamePlacesAfterAMove_KeepsTheViewAndTheImages()
    {
        var plan = Moves.Pair().Then("node3", "node4").To("node3", "node4");

        Assert.All(plan.Sandboxes, s => Assert.True(s.IsInPlace));
        AssertView(plan.Sandboxes[0].View, binding: "1>3", peers: "3>1 4>2", own: "3>1");
        Assert.Single(plan.Spec.PastAddresses);
    }

    [Fact]
    public void Make_AgainAndAgain_RemembersEachPlaceOnce()
    {
        var epoch = Moves.Pair();
        for (var i = 0; i < 20; i++)
            epoch = epoch.Then("node3", "node4").Then("node2", "node1").Then("node1", "node2");

        Assert.Equal(3, epoch.Spec.PastAddresses.Count);
        Assert.Equal(Moves.Addresses("node1"), epoch.Spec.PastAddresses[0].OfSandboxes[0]);
        Assert.Equal(["node1", "node2"], epoch.Spec.Nodes);
    }

    [Fact]
    public void Make_TwoOnOneNode_ShowsThePeerAsTheOther()
    {
        var plan = Moves.Pair().To("node3", "node3");

        Assert.Empty(plan.Faults);
        Assert.Equal(("10.0.0.3:7", "10.0.0.3:9"), (plan.Sandboxes[0].Connections[0].Local, plan.Sandboxes[0].Connections[0].Remote));
        AssertView(plan.Sandboxes[0].View, binding: "1>3", peers: "3>2", own: "3>1");
        AssertView(plan.Sandboxes[1].View, binding: "2>3", peers: "3>1", own: "3>2");
    }

    [Fact]
    public void Make_TwoOnOneNodeAndApartAgain_FindsThePeerByItsOwnEnd()
    {
        var plan = Moves.Pair().Then("node3", "node3").To("node5", "node6");

        Assert.Equal([("10.0.0.5:7", "10.0.0.6:9"), ("10.0.0.6:9", "10.0.0.5:7")], plan.Sandboxes.Select(s => (s.Connections[0].Local, s.Connections[0].Remote)));
    }

    [Fact]
    public void Make_TwoOnOneNodeAndApartAgain_WhereOneTalkedToItself_KeepsThatToItself()
    {
        var epoch = Moves.Epoch(Moves.Node("node1", "10.0.0.1:7 10.0.0.1:9", "10.0.0.1:9 10.0.0.1:7"), Moves.Node("node2")).Then("node3", "node3");

        Assert.Equal([("10.0.0.5:7", "10.0.0.5:9"), ("10.0.0.5:9", "10.0.0.5:7")], epoch.To("node5", "node6").Sandboxes[0].Connections.Select(c => (c.Local, c.Remote)));
    }

    [Fact]
    public void Make_TwoOnOneNodeAndApartAgain_TakesAnEndThatIsGoneForTheOthers()
    {
        var epoch = Moves.Epoch(Moves.Node("node1", "10.0.0.1:7 10.0.0.2:9"), Moves.Node("node2")).Then("node3", "node3");

        Assert.Equal([new ConnectionChange("10.0.0.3:7", "10.0.0.3:9", "10.0.0.5:7", "10.0.0.6:9")], epoch.To("node5", "node6").Sandboxes[0].Connections);
    }

    [Theory]
    [InlineData("0.0.0.0:80", "0.0.0.0:80", true)]
    [InlineData("10.0.0.1:80", "10.0.0.2:80", true)]
    [InlineData("[::]:80", "10.0.0.2:80", true)]
    [InlineData("127.0.0.1:80", "127.0.0.1:80", true)]
    [InlineData("127.0.0.1:80", "10.0.0.2:80", false)]
    [InlineData("0.0.0.0:80", "0.0.0.0:81", false)]
    public void Make_TwoOnOneNode_RefusesAPortThatBothNeed(string first, string second, bool clash)
    {
        var plan = Moves.Epoch(Moves.Node("node1") with { Listeners = [first] }, Moves.Node("node2") with { Listeners = [second] }).To("node3", "node3");

        string[] expected = clash ? ["node3: port 80 is needed by the sandboxes node1 and node2; put them on different nodes"] : [];
        Assert.Equal(expected, plan.Faults);
    }

    [Fact]
    public void Make_OneSandboxThatListensTwiceAtAPort_IsNoConflict() =>
        Assert.Empty(Moves.Epoch(Moves.Node("node1") with { Listeners = ["0.0.0.0:80", "0.0.0.0:80", "[::]:80"] }, Moves.Node("node2")).To("node3", "node3").Faults);

    [Fact]
    public void Make_TwoOnOneNodeWithTheSameConnection_NamesIt()
    {
        var plan = Moves.Epoch(Moves.Node("node1", "10.0.0.1:7 192.0.2.1:443"), Moves.Node("node2", "10.0.0.2:7 192.0.2.1:443")).To("node3", "node3");

        Assert.Equal(["node3: two sandboxes have a connection from 10.0.0.3:7 to 192.0.2.1:443; put them on different nodes"], plan.Faults);
    }

    [Fact]
    public void Make_OfAConnectionWhoseOtherEndIsGone_GoesByItsAddress()
    {
        var plan = Moves.Epoch(Moves.Node("node1", "10.0.0.1:7 10.0.0.2:9"), Moves.Node("node2")).To("node3", "node4");

        Assert.Equal([new ConnectionChange("10.0.0.1:7", "10.0.0.2:9", "10.0.0.3:7", "10.0.0.4:9")], plan.Sandboxes[0].Connections);
    }

    [Fact]
    public void Make_OfLoopback_LeavesItAlone()
    {
        var plan = Moves.Epoch(Moves.Node("node1", "127.0.0.1:7 127.0.0.1:9", "127.0.0.1:9 127.0.0.1:7", "[::1]:7 [::1]:9") with { Listeners = ["127.0.0.1:9"] }).To("node3");

        Assert.Empty(plan.Faults);
        Assert.Empty(plan.Sandboxes[0].Connections);
    }

    [Fact]
    public void Make_OfASandboxThatTalksToItself_MovesBothEnds()
    {
        var plan = Moves.Epoch(Moves.Node("node1", "10.0.0.1:7 10.0.0.1:9", "10.0.0.1:9 10.0.0.1:7"), Moves.Node("node2")).To("node2", "node1");

        Assert.Equal([("10.0.0.2:7", "10.0.0.2:9"), ("10.0.0.2:9", "10.0.0.2:7")], plan.Sandboxes[0].Connections.Select(c => (c.Local, c.Remote)));
    }

    [Fact]
    public void Make_WithoutAnAddressOfTheFamily_NamesEachThatIsUsed()
    {
        var plan = RelocationPlan.Make(Moves.Pair(), ["node3", "node4"], node => node == "node3" ? ["10.0.0.3"] : Moves.Addresses(node));

        Assert.Equal(["node3: it has no address that could take the place of fd00::1 of sandbox node1"], plan.Faults);
    }

    [Fact]
    public void Make_WithoutAnAddressThatNobodyUses_IsNoFault()
    {
        var epoch = Moves.Epoch(Moves.Node("node1", "10.0.0.1:7 192.0.2.1:443") with { Listeners = ["[::]:80", "0.0.0.0:81"] });

        Assert.Empty(RelocationPlan.Make(epoch, ["node3"], _ => ["10.0.0.3"]).Faults);
    }

    [Fact]
    public void Make_OfALinkLocalAddress_SaysWhyItCannotBeMoved()
    {
        var epoch = Moves.Epoch(Moves.Node("node1") with { Addresses = ["10.0.0.1", "fe80::1"], Listeners = ["[fe80::1]:80"] });

        Assert.Equal(["node3: sandbox node1 uses the link-local address fe80::1, which means something on its own network only"], epoch.To("node3").Faults);
    }

    [Fact]
    public void Make_ToANodeThatNobodyKnows_NamesTheAddressesThatItLacks()
    {
        var plan = RelocationPlan.Make(Moves.Pair(), ["node1", "node9"], node => node == "node9" ? [] : Moves.Addresses(node));

        Assert.Equal(2, plan.Faults.Count);
        Assert.All(plan.Faults, f => Assert.StartsWith("node9: it has no address", f, StringComparison.Ordinal));
    }

    private static void AssertViews(RelocationPlan plan, string outgoing) => Assert.All(plan.Sandboxes, s => Assert.Equal(outgoing, s.View.Outgoing.Text()));

    private static void AssertView(AddressView view, string binding, string peers, string own) =>
        Assert.Equal((binding, peers, own), (view.Binding.Text(), view.Peers.Text(), view.Own.Text()));
}
