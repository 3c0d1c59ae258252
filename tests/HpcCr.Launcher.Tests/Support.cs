using HpcCr.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace HpcCr.Launcher.Tests;

/// <summary>A node's run folder with one job, gone after the test.</summary>
internal sealed class TestNode : IDisposable
{
    public TestNode() => Directory.CreateDirectory(Layout.Memory);

    public string Root { get; } = Directory.CreateTempSubdirectory("hpccr-launcher-").FullName;

    public RunLayout Run => new(Path.Combine(Root, "run"));

    public SandboxLayout Layout => Run.Sandbox("stencil");

    public LauncherOptions Options => new() { Node = "node2", Coordinator = "unix:/nowhere", Run = Run };

    public static JobSpec Spec(uint uid = 1000, params (string Name, string Value)[] environment) => new()
    {
        Name = "stencil",
        Command = ["mpirun", "./a b"],
        Environment = environment.ToDictionary(e => e.Name, e => e.Value),
        WorkingDirectory = "/home/user",
        Umask = 0x3f,
        Uid = uid,
        Gid = 1000,
        Limits = [new ResourceLimit(7, 100, 200)],
        Nodes = ["node1", "node2"],
        CheckpointDirectory = "/ckpt",
    };

    public LocalJob Job(GuardClient? guard = null, string? staging = null) =>
        new(Spec(), Options.Node, Options with { Staging = staging }, null!, guard!, new PluginQuestions(), NullLogger.Instance);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
