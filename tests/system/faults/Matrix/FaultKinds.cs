using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Matrix;

/// <summary>The ways to do harm.</summary>
internal static class FaultKinds
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<FaultKind> All =
    [
        new("coordinator", FaultToll.Nothing, Always, scene => Kill(Daemon.Coordinator(scene.Lab)), Release),
        new("launcher", FaultToll.Nothing, Always, scene => Kill(Daemon.Launcher(scene.Lab, scene.Node)), Release),
        new("guard", FaultToll.APart, Needs(PhaseParts.Guard, "no guard"), scene => Kill(scene.Guard()), Release),
        new("engine", FaultToll.WhatTheEngineHeld, Needs(PhaseParts.Engine | PhaseParts.EngineComes, "no engine"), InjectIntoEngineAsync, LetEngineGoAsync),
        new("rank", FaultToll.APart, Needs(PhaseParts.Ranks, "no rank"), scene => Kill(scene.Rank()), Release),
        new("power", FaultToll.APart, Always, async scene => (await scene.Lab.Hpccr.RunAsync("lab", "kill", $"node{scene.Node}")).EndsWith(0), Release),
        new("network", FaultToll.Nothing, Always, CutNetworkAsync, async scene =>
        {
            await scene.OnNodeAsync("nft", "delete", "table", "inet", FaultScene.CutTable);
            scene.Release();
        }),
        new("silence", FaultToll.Nothing, Always, scene => scene.StopPastLeaseAsync(), scene =>
        {
            scene.Release();
            Daemon.Signal(scene.Stopped, "CONT");
            return Task.CompletedTask;
        }),
        new("full", FaultToll.Nothing, Always, scene => scene.Lab.FillDiskAsync(), Release),
        Disk("fsync", FaultToll.TheCommand, PhaseParts.StoreWrites, "nothing is made durable", "fsync fail"),
        Disk("rename", FaultToll.TheCommand, PhaseParts.Rename, "nothing is renamed", "rename fail"),
        Disk("slow", FaultToll.Nothing, PhaseParts.StoreWrites | PhaseParts.StoreReads, "the store is not read or written", "read slow", "write slow", "fsync slow"),
    ];

    private static string? Always(FaultPhase phase) => null;

    private static Func<FaultPhase, string?> Needs(PhaseParts parts, string without) => phase => (phase.Has & parts) == 0 ? without : null;

    private static Task Kill(int pid)
    {
        Daemon.Signal(pid, "KILL");
        return Task.CompletedTask;
    }

    private static Task Release(FaultScene scene) => Task.FromResult(scene.Release());

    // The disk is like that until everything is repaired.
    private static FaultKind Disk(string name, FaultToll toll, PhaseParts parts, string without, params string[] lines) =>
        new(name, toll, Needs(parts, without), _ => Task.CompletedTask, scene => Task.FromResult(scene.Release(keep: lines)));

    // An engine that waits is killed while the step is held; one that is to work, in the middle of its work.
    private static Task InjectIntoEngineAsync(FaultScene scene) => scene.Phase.Has.HasFlag(PhaseParts.EngineComes) ? Task.CompletedTask : Kill(scene.Engine());

    private static async Task LetEngineGoAsync(FaultScene scene)
    {
        scene.Release();
        if (!scene.Phase.Has.HasFlag(PhaseParts.EngineComes))
            return;
        int? engine = null;
        await Await.UntilAsync("an engine at work", () => (engine = scene.EngineAtWork()) is not null || scene.CommandHasEnded);
        if (engine is { } pid)
            await Kill(pid);
        else
            Assert.Fail("the engine was quicker than this test and was not killed");
    }

    // Until the coordinator has noticed.
    private static async Task CutNetworkAsync(FaultScene scene)
    {
        var from = scene.Lab.CoordinatorLog().Length;
        string[] rules =
        [
            $"add table inet {FaultScene.CutTable}",
            .. new[] { ("input", "saddr"), ("output", "daddr") }.SelectMany(way => new[]
            {
                $"add chain inet {FaultScene.CutTable} {way.Item1} {{ type filter hook {way.Item1} priority 0; }}",
                $"add rule inet {FaultScene.CutTable} {way.Item1} ip {way.Item2} {FaultScene.Coordinator} drop",
            }),
        ];
        await scene.OnNodeAsync("nft", string.Join('\n', rules));
        await Await.UntilAsync("the coordinator to miss the node", () => scene.Lab.CoordinatorLog()[from..].Contains($"node{scene.Node} does not answer", StringComparison.Ordinal));
    }
}
