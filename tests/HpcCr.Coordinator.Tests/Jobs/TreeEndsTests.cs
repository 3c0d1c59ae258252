namespace HpcCr.Coordinator.Tests.Jobs;

public sealed class TreeEndsTests
{
    private readonly TreeEnds _ends = new(new JobSpec
    {
        Name = "j",
        Command = ["c"],
        Environment = new Dictionary<string, string>(),
        WorkingDirectory = "/",
        Uid = 0,
        Gid = 0,
        Nodes = ["node1", "node2"],
        CheckpointDirectory = "/c",
        Attached = true,
    });

    [Fact]
    public void TheLastTreeEndsTheJob_WithTheCodeOfTheHeads()
    {
        Assert.Null(_ends.Add("node1", 3));
        Assert.Equal(3, _ends.Add("node2", 0));
    }

    [Fact]
    public void ATreeThatIsReportedTwice_CountsOnce()
    {
        Assert.Null(_ends.Add("node2", 0));
        Assert.Null(_ends.Add("node2", 0));
        Assert.Equal(1, _ends.Add("node1", 1));
    }
}
