using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2070_AttachedMpi(ManyNodesLab lab) : SystemTest(lab)
{
    private const string Settings =
        "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_rmaps_base_oversubscribe=1";

    [Fact]
    public async Task AnMpirunOverTwoNodesStartedByHand_AttachedAndRestarted_EndsWithTheResultOfAnUndisturbedRun()
    {
        string[] program = [TestPrograms.Mpi("stencil", "openmpi"), "--n", "300", "--every", "100", "--steps", "20000"];
        var folder = Lab.NewFolder("byhand");
        // Stands in for ssh: it leaves what is to be started on the other node to this test.
        var agent = Path.Combine(folder, "agent");
        await File.WriteAllTextAsync(agent, $"#!/bin/sh\nshift\necho \"$*\" > {folder}/asked\nmv {folder}/asked {folder}/start\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(agent, (UnixFileMode)0x1ed);
        var head = await AttachedTree.StartAsync(Lab,
            $"exec env {Settings} OMPI_MCA_plm_rsh_agent={agent} mpirun.openmpi --leave-session-attached --host node1:2,node2:2 -n 4 {string.Join(' ', program)}");
        await Await.UntilAsync("mpirun to ask for the other node", () => File.Exists(Path.Combine(folder, "start")));
        var daemon = await AttachedTree.StartAsync(Lab, $"exec env {Settings} sh {folder}/start", "node2");
        await head.WaitForMoreAsync();

        var name = Lab.NewName("byhand");
        (await Hpccr.RunAsync("attach", "--pid", $"node1:{head.Pid}", "--pid", $"node2:{daemon.Pid}", "--name", name)).EndsWith(0);
        var job = new TestJob(Hpccr, name, Path.Combine(Hpccr.CheckpointDirectory, name), CommandOptions.Default);
        var first = await job.CheckpointAsync();
        await head.WaitForMoreAsync();
        await job.KillAsync();
        await job.RestartAsync(first);
        await head.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--nodes", "node3,node4");
        await head.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--nodes", "node2,node1");
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        Assert.Equal(await Undisturbed.FinalLineAsync(["mpirun.openmpi", "-n", "2", .. program]), head.FinalLine);
    }
}
