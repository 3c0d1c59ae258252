namespace HpcCr.Launcher.Tests;

public sealed class MpiEnvironmentTests : IDisposable
{
    private const string Agent = "/opt/hpccr/hpccr-agent";
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void WriteHostFiles_OfAJob_HasEveryNodeInItsOrderInTheFormOfEachFamily()
    {
        MpiEnvironment.WriteHostFiles(["node2", "node1", "node3"], new Dictionary<string, uint> { ["node1"] = 4, ["node2"] = 2, ["node3"] = 0 }, _node.Layout);

        Assert.Equal("node2 slots=2\nnode1 slots=4\nnode3 slots=1\n", File.ReadAllText(_node.Layout.HostFile("openmpi")));
        Assert.Equal("node2:2\nnode1:4\nnode3:1\n", File.ReadAllText(_node.Layout.HostFile("hydra")));
    }

    [Fact]
    public void Variables_PointBothFamiliesAtTheHostFilesAndTheAgent()
    {
        var variables = Variables();

        Assert.Equal(_node.Layout.HostFile("openmpi"), variables["OMPI_MCA_orte_default_hostfile"]);
        Assert.Equal(_node.Layout.HostFile("openmpi"), variables["PRTE_MCA_prte_default_hostfile"]);
        Assert.Equal(_node.Layout.HostFile("hydra"), variables["HYDRA_HOST_FILE"]);
        Assert.Equal(_node.Layout.HostFile("hydra"), variables["I_MPI_HYDRA_HOST_FILE"]);
        foreach (var name in (string[])["OMPI_MCA_plm_rsh_agent", "PRTE_MCA_plm_ssh_agent", "HYDRA_LAUNCHER_EXEC", "I_MPI_HYDRA_BOOTSTRAP_EXEC"])
            Assert.Equal(Agent, variables[name]);
        Assert.Equal(("rsh", "ssh"), (variables["OMPI_MCA_plm"], variables["HYDRA_LAUNCHER"]));
    }

    [Fact]
    public void Variables_TheUsersHostFileWins_TheUsersAgentDoesNot()
    {
        var variables = Variables(1000, ("HYDRA_HOST_FILE", "/my/hosts"), ("OMPI_MCA_orte_default_hostfile", ""), ("OMPI_MCA_plm_rsh_agent", "ssh"), ("HYDRA_LAUNCHER", "slurm"));

        Assert.DoesNotContain("HYDRA_HOST_FILE", variables.Keys);
        Assert.DoesNotContain("OMPI_MCA_orte_default_hostfile", variables.Keys);
        Assert.Equal(Agent, variables["OMPI_MCA_plm_rsh_agent"]);
        Assert.Equal("ssh", variables["HYDRA_LAUNCHER"]);
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1u, false)]
    [InlineData(1000u, false)]
    public void Variables_LetOpenMpiRunAsRoot_OnlyForRoot(uint uid, bool expected)
    {
        var variables = Variables(uid);

        foreach (var name in (string[])["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "PRTE_ALLOW_RUN_AS_ROOT", "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM"])
            Assert.Equal(expected, variables.ContainsKey(name));
    }

    private Dictionary<string, string> Variables(uint uid = 1000, params (string, string)[] environment) =>
        MpiEnvironment.Variables(TestNode.Spec(uid, environment), _node.Layout, Agent).ToDictionary();
}
