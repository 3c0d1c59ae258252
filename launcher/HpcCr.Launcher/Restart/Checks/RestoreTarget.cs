using HpcCr.Core;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>A sandbox of an epoch and the node that is to take it: this one.</summary>
/// <param name="Manifest">The epoch.</param>
/// <param name="Sandbox">The sandbox.</param>
/// <param name="Sockets">Its sockets, with the addresses that they get here.</param>
/// <param name="Options">This node's launcher's.</param>
/// <param name="Node">What this node is.</param>
/// <param name="JobIsHere">Whether the job has a sandbox here already.</param>
internal sealed record RestoreTarget(Manifest Manifest, ManifestNode Sandbox, MovedSockets Sockets, LauncherOptions Options, NodeFacts Node, bool JobIsHere)
{
    /// <summary>The epoch's folder.</summary>
    public string EpochPath { get; init; } = Path.Combine(Manifest.Spec.Folder, EpochName.Of(Manifest.Epoch));

    /// <summary>What is to be done with the files of the job.</summary>
    public FileTreatment Treatment { get; init; }

    /// <summary>The file systems as the job's user sees them.</summary>
    public StoreAccess Store { get; } = new(Manifest.Spec);

    /// <summary>The files that are this sandbox's to put back, and how they look now.</summary>
    public IReadOnlyList<(FileRecord Record, FileOutlook Outlook)> Files => field ??= LookAtFiles();

    private List<(FileRecord Record, FileOutlook Outlook)> LookAtFiles()
    {
        var asides = Store.Run(() => AsideIndex.Read(Path.GetDirectoryName(EpochPath)!));
        return [.. Manifest.FilesPutBackBy(Sandbox).Select(file => (file, FileOutlook.Of(file, Manifest.Epoch, Sandbox, asides, Store, compare: Treatment == FileTreatment.Check)))];
    }
}
