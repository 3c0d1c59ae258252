using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>There is room for the images, memory for what is in them, and as many huge pages, of each size, as the job has mapped.</summary>
internal sealed class SpaceCheck : IRestoreCheck
{
    public string Name => "space";

    public RestoreFinding Look(RestoreTarget target)
    {
        var bytes = target.Sandbox.Images.Sum(f => f.Size);
        var memory = StagingFolders.AvailableMemory();
        List<string> faults = [];
        if (memory < bytes)
            faults.Add($"{memory >> 20} MiB of memory are free, and the job's images hold {bytes >> 20} MiB");
        if (StagingFolders.FaultOf(target.Options, bytes) is { } fault)
            faults.Add(fault);
        var hugePages = (target.Sandbox.HugePages ?? []).Select(pages => (pages.Count, Size: pages.Bytes >> 10, Free: HugePages.Free(pages.Bytes))).ToList();
        faults.AddRange(hugePages.Where(pages => pages.Free < pages.Count).Select(pages =>
            $"{pages.Free} huge pages of {pages.Size} kB are free and the job needs {pages.Count}: raise /sys/kernel/mm/hugepages/hugepages-{pages.Size}kB/nr_hugepages, or take a node that has them"));
        var needed = string.Concat(hugePages.Select(pages => $", {pages.Count} huge pages of {pages.Size} kB, {pages.Free} free"));
        return new RestoreFinding($"{bytes >> 20} MiB of images, {memory >> 20} MiB of memory free{needed}", faults);
    }
}
