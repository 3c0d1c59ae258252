using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Plugins;

/// <summary>Devices that the engine cannot dump, and plugins that see to them. The devices are /dev/fuse under other names: no test machine has the real ones.</summary>
[Collection(PluginsLab.Name)]
public sealed class T6040_Devices(PluginsLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task Gpu_HasTheDeviceClosedForAnEpoch_AndGivesItBackAfterIt_AndAfterARestart()
    {
        var folder = Lab.NewFolder("gpu");
        var calls = Path.Combine(folder, "calls");
        var release = Path.Combine(folder, "release");
        await using var device = await DeviceAsync("/dev/nvidia");
        // As the real one: it returns when the program has closed its devices.
        var stand = await ProgramAsync(folder, $"echo \"$@\" >>{calls}; : >{release}; while ls -l /proc/$3/fd | grep -q {device.Path}; do sleep 0.02; done");
        var job = await StartAsync(device, release, $"gpu={await ConfigAsync(folder, new { cudaCheckpoint = stand })}");
        var warned = (await job.RunAsync("check", job.Name, "--json")).EndsWith(0).Json.GetProperty("findings");
        Assert.Contains(warned.EnumerateArray(), f => f.GetProperty("severity").GetString() == "warning" && f.GetProperty("what").GetString()!.Contains(device.Path, StringComparison.Ordinal));

        await job.CheckpointAsync();
        Assert.Equal(2, Calls(calls));
        await job.KillAsync();
        await job.RestartAsync();
        // It was in the images without its GPU.
        await Await.UntilAsync("the GPU given back", () => Calls(calls) == 3);
        Assert.All(File.ReadAllLines(calls), line => Assert.StartsWith("--toggle --pid ", line, StringComparison.Ordinal));
        await job.KillAsync();
    }

    [Fact]
    public async Task Gpu_WithoutTheVendorsProgram_RefusesWithTheRemedy()
    {
        var folder = Lab.NewFolder("gpu");
        foreach (var (prefix, config, what, remedy) in new[]
        {
            ("/dev/nvidia", new { cudaCheckpoint = "/nowhere/cuda-checkpoint" } as object, "cuda-checkpoint could not take away", "Install NVIDIA's cuda-checkpoint"),
            ("/dev/dri/", new { amdgpuPlugin = "/nowhere/amdgpu_plugin.so" }, "CRIU's amdgpu plugin is not installed", "Install amdgpu_plugin.so"),
        })
        {
            await using var device = await DeviceAsync(prefix);
            var job = await StartAsync(device, Path.Combine(folder, "release"), $"gpu={await ConfigAsync(folder, config)}");
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, "plugin gpu on node1 refuses at quiesce: holds (pid ", what, remedy);
            await Unharmed.AssertAsync(Lab, job);
            await job.KillAsync();
        }
    }

    [Fact]
    public async Task RdmaGuard_RefusesWithTheSettingsOfTheMpi()
    {
        await using var device = await DeviceAsync("/dev/hfi1");
        var job = await StartAsync(device, Path.Combine(Lab.NewFolder("rdma"), "release"), "rdma-guard");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, "plugin rdma-guard on node1 refuses at quiesce: holds (pid ", $"holds {device.Path}", "Start the job with");
        await Unharmed.AssertAsync(Lab, job);
        await job.KillAsync();
    }

    [Fact]
    public async Task ADevice_ThatAPluginHasPromisedToSeeTo_AndThatIsOpenAllTheSame_EndsTheEpochBeforeTheFreeze()
    {
        await using var device = await DeviceAsync("/dev/site");
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"), json => json["devices"] = new System.Text.Json.Nodes.JsonArray("/dev/site"));
        var job = await StartAsync(device, Path.Combine(plugin.Folder, "release"), plugin.Folder);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, $"still holds {device.Path}, which cannot be dumped although the plugins have been asked; nothing was frozen");
        await Unharmed.AssertAsync(Lab, job);
        await job.KillAsync();
    }

    private static int Calls(string file) => File.Exists(file) ? File.ReadAllLines(file).Length : 0;

    private async Task<TestJob> StartAsync(TestDevice device, string release, string plugin)
    {
        var job = await TestJob.StartAsync(Lab, "devices", ["--plugin", plugin], CommandOptions.Default, [TestPrograms.Holds, "--release", release, "device", device.Path]);
        await job.WaitForLineAsync("held device");
        return job;
    }

    private Task<TestDevice> DeviceAsync(string prefix) => TestDevice.MakeAsync(Hpccr, $"{prefix}{Lab.NewName("device")}");

    private static async Task<string> ConfigAsync(string folder, object config)
    {
        var path = Path.Combine(folder, "config.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(config), TestContext.Current.CancellationToken);
        return path;
    }

    private static async Task<string> ProgramAsync(string folder, string script)
    {
        var path = Path.Combine(folder, "cuda-checkpoint");
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }
}
