using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Matrix;

/// <summary>Two nodes with a short lease, and a checkpoint directory that can be filled up.</summary>
public sealed class FaultLab() : Lab(2)
{
    // What a job that prints needs while there is no room for anything else.
    private const string RoomForOutput = "64K";

    /// <summary>How long its guards hold a job without a word.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private string Checkpoints => Path.Combine(Folder, "ckpt");

    private string Filler => Path.Combine(Checkpoints, "filler");

    private protected override IReadOnlyList<string> UpOptions => ["--lease", $"{Lease.TotalSeconds}s"];

    /// <summary>Leaves no room in the checkpoint directory.</summary>
    internal async Task FillDiskAsync()
    {
        // Others may be writing there at the same time.
        await Await.UntilAsync("a disk that is full", async () => (await Hpccr.RunProgramAsync(CommandOptions.Default with { WorkingDirectory = "/" },
            ["fallocate", "-l", $"{new DriveInfo(Checkpoints).AvailableFreeSpace}", Filler])).ExitCode == 0);
        await RunAsync("truncate", "-s", $"-{RoomForOutput}", Filler);
    }

    /// <summary>There is room again.</summary>
    internal void EmptyDisk() => File.Delete(Filler);

    /// <summary>Brings back what was taken away: daemons, nodes, room on the disk; nothing is to fail any more.</summary>
    internal async Task RepairAsync()
    {
        EmptyDisk();
        (await Hpccr.RunAsync("lab", "up", $"{Nodes}")).EndsWith(0);
        for (var node = 1; node <= Nodes; node++)
            SetFaults(node);
        await Await.UntilAsync("both nodes connected", async () =>
            (await Hpccr.JsonAsync("status")).GetProperty("nodes").EnumerateArray().Count(n => n.GetProperty("state").GetString() == "connected") == Nodes);
    }

    private protected override Task PrepareAsync() => RunAsync("mount", "-t", "tmpfs", "-o", "size=700m", "hpccr-test", Checkpoints);

    private protected override Task CleanAsync() => RunAsync("umount", Checkpoints);

    private async Task RunAsync(params string[] command) =>
        (await Hpccr.RunProgramAsync(CommandOptions.Default with { WorkingDirectory = "/" }, command)).EndsWith(0);
}
