using System.Text.Json;

namespace HpcCr.Core.Tests.Jobs;

public sealed class JobSpecTests
{
    private static readonly JobSpec Spec = new()
    {
        Name = "solver",
        Command = ["true"],
        Environment = new Dictionary<string, string>(),
        WorkingDirectory = "/",
        Uid = 1000,
        Gid = 1000,
        Nodes = ["node1", "node2"],
        Hosts = ["node1", "node1"],
        CheckpointDirectory = "/ckpt",
        KeyHasUser = true,
    };

    [Fact]
    public void KeyOf_ASandbox_HasTheUser_SoThatNodesCanHoldJobsOfOneName()
    {
        Assert.Equal(["1000+solver", "1000+solver@1"], Spec.Nodes.Select(Spec.KeyOf));
        Assert.Equal("1001+solver", (Spec with { Uid = 1001 }).KeyOf("node1"));
        Assert.Equal(new JobId(1000, "solver"), Spec.Id);
    }

    [Fact]
    public void KeyOf_TheLongestNames_LeavesRoomInTheAddressOfASocket()
    {
        var node = new string('n', 63);
        var spec = Spec with { Uid = uint.MaxValue, Name = new string('j', 40), Nodes = [.. Enumerable.Range(0, 100).Select(i => $"{node[..60]}{i:D3}")], Hosts = [.. Enumerable.Repeat(node, 100)] };

        Assert.InRange(new RunLayout("/run/hpccr-of-a-lab").Sandbox(spec.KeyOf(spec.Nodes[99])).GuardSocket.Length, 0, 107);
    }

    [Fact]
    public void KeyOf_AJobOfAVersionWithoutUsersInKeys_StaysWhatItsEnvironmentSays()
    {
        var old = JsonSerializer.Deserialize(Json(Spec).Replace("\"keyHasUser\": true,", "", StringComparison.Ordinal), CoreJson.Default.JobSpec)!;

        Assert.Equal(["solver", "solver@node2"], old.Nodes.Select(old.KeyOf));
        Assert.Equal(Spec.Id, old.Id);
    }

    [Fact]
    public void Json_SaysWhatTheKeyIs_AndNothingTwice()
    {
        Assert.Contains("\"keyHasUser\": true", Json(Spec), StringComparison.Ordinal);
        Assert.DoesNotContain("\"id\"", Json(Spec), StringComparison.Ordinal);
    }

    private static string Json(JobSpec spec) => JsonSerializer.Serialize(spec, CoreJson.Default.JobSpec);
}
