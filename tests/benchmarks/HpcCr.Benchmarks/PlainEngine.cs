using Google.Protobuf;
using HpcCr.Criu.Images;

namespace HpcCr.Benchmarks;

/// <summary>CRIU by hand: one command per node, all at the same time, images to a tmpfs, the tasks left running.</summary>
/// <param name="lab">The nodes.</param>
/// <param name="criu">The program.</param>
internal sealed class PlainEngine(BenchmarkLab lab, string criu)
{
    // A tmpfs of the node's own, as the launcher's staging is.
    private const string Images = "/dev/shm/plain-criu";
    private const uint StatisticsMagic = 0x57093306;
    private const int DumpPart = 1;
    private const int FreezingTime = 1;
    private const int FrozenTime = 2;

    /// <summary>Dumps the job's sandboxes.</summary>
    /// <returns>The engine's own count of the pause (freezing_time + frozen_time), of the slowest node, in milliseconds.</returns>
    public async Task<double> DumpAsync(string job, IReadOnlyDictionary<string, int> roots)
    {
        foreach (var node in roots.Keys)
            await lab.OnNodeAsync(node, "mkdir", "-p", Images);
        try
        {
            await Task.WhenAll(roots.Select(root => lab.OnNodeAsync(root.Key, Command(job, root.Value))));
            return roots.Keys.Max(node => PauseOf(lab.PathOf(node, Path.Combine(Images, "stats-dump"))));
        }
        finally
        {
            foreach (var node in roots.Keys)
                await lab.OnNodeAsync(node, "rm", "-r", Images);
        }
    }

    private string[] Command(string job, int root) =>
    [
        criu, "dump", "--tree", $"{root}", "--images-dir", Images, "--leave-running", "--log-file", "dump.log",
        "--tcp-established", "--file-locks", "--link-remap", "--ext-unix-sk", "--ghost-limit", "1G",
        "--network-lock", "skip", "--manage-cgroups=ignore", "--external", "mnt[]:ms",
        "--external", "mnt[/dev/shm]:shm", "--external", $"mnt[{lab.Run.Sandbox($"0+{job}").TemporaryInside}]:tmp",
    ];

    private static double PauseOf(string statistics)
    {
        using var stream = File.OpenRead(statistics);
        using var entry = new CodedInputStream(ImageFile.ReadEntries(stream, StatisticsMagic).First());
        while (entry.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == DumpPart)
                return PauseOf(entry.ReadBytes());
            entry.SkipLastField();
        }

        throw new InvalidDataException($"{statistics} tells nothing of a dump");
    }

    private static double PauseOf(ByteString dump)
    {
        var microseconds = 0.0;
        using var part = dump.CreateCodedInput();
        while (part.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) is FreezingTime or FrozenTime)
                microseconds += part.ReadUInt32();
            else
                part.SkipLastField();
        }

        return microseconds / 1000;
    }
}
