namespace HpcCr.Launcher;

/// <summary>There is room for the images, and memory for what is in them.</summary>
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
        return new RestoreFinding($"{bytes >> 20} MiB of images, {memory >> 20} MiB of memory free", faults);
    }
}
