using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Programs, libraries, inputs and working folders are there, as large as the engine insists, and what they were.</summary>
internal sealed class PathCheck : IRestoreCheck
{
    public string Name => "paths";

    public RestoreFinding Look(RestoreTarget target)
    {
        var folder = target.Manifest.Spec.WorkingDirectory;
        var needed = (target.Sandbox.NeededFiles ?? []).Append(new NeededFile(folder, null, IsFolder: true)).DistinctBy(f => f.Path).ToList();
        // What one node reads another may write: it is put back to its length before the engine looks.
        var written = target.Manifest.Nodes.SelectMany(n => n.JobFiles).Select(f => f.Path).ToHashSet();
        return new RestoreFinding($"{needed.Count} that the images name",
            target.Store.Run(() => needed.Where(f => !written.Contains(f.Path)).Select(f => Fault(f, target.Treatment)).OfType<string>().ToList()));
    }

    private static string? Fault(NeededFile file, FileTreatment treatment) =>
        file.IsFolder ? (Directory.Exists(file.Path) ? null : $"the folder {file.Path}, which the job is in or has open, is not there")
        : !Path.Exists(file.Path) ? $"{file.Path}, which the job has open or runs, is not there"
        : treatment == FileTreatment.Keep && file.IsData ? null
        : file.Size is { } size && new FileInfo(file.Path).Length is var length && length != size ? $"{file.Path} has {length} bytes and had {size} at the cut"
        : file.Sha256 is not null && FileStamp.Of(file.Path)?.ModifiedNs != file.ModifiedNs && InputHashes.Of(file.Path, out _) != file.Sha256
            ? $"{file.Path}, which the job {(file.IsData ? "reads" : "runs or maps")}, was changed since the cut"
        : null;
}
