using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Files that are left as they are: the engine insists on the sizes of its images, so these are made to say how large they are now.</summary>
internal static class KeptFiles
{
    /// <summary>Changes the images of this restore, which are a copy of its own.</summary>
    /// <param name="work">The restore.</param>
    /// <param name="store">The file systems as the job's user sees them.</param>
    /// <exception cref="ImageFormatException">The images are damaged.</exception>
    public static void Accept(RestoreWork work, StoreAccess store)
    {
        // Programs and what is mapped must be what it was: the plan has seen to that.
        var kept = work.Sandbox.JobFiles.Where(file => file.IsPutBack).Select(Names)
            .Concat(work.Manifest.Nodes.SelectMany(node => node.JobFiles.Where(file => file is { IsPutBack: true, IsShared: true })).Select(Names))
            .Concat((work.Sandbox.NeededFiles ?? []).Where(file => file.IsData).Select(file => (file.Path, Inside: file.Path))).DistinctBy(file => file.Inside).ToList();
        var sizes = store.Run(() => kept.Select(file => (file.Inside, Stamp: FileStamp.Of(file.Path))).Where(file => file.Stamp is not null)
            .ToDictionary(file => file.Inside, file => (ulong)file.Stamp!.Value.Size));
        FilesImage.Resize(work.Images, path => sizes.TryGetValue(path, out var size) ? size : null);
    }

    // Here, and in the images.
    private static (string Path, string Inside) Names(FileRecord file) => (file.Path, file.Inside ?? file.Path);
}
