using HpcCr.Core;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Files that the job writes to: put back to their length at the cut; what was written after it is kept in the epoch.</summary>
internal static class JobFiles
{
    /// <summary>Cuts every file that grew; a file that is shorter than at the cut is a fault that the plan has found already.</summary>
    public static void PutBack(string epochPath, ManifestNode sandbox, IStoreAccess store) => store.Run(() =>
    {
        var index = 0;
        foreach (var file in sandbox.JobFiles)
        {
            index++;
            using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (stream.Length <= file.Size)
                continue;
            KeepTail(stream, file.Size, Path.Combine(epochPath, JobFolder.WrittenAfter), $"{sandbox.Node}-{index}-{Path.GetFileName(file.Path)}");
            stream.SetLength(file.Size);
            stream.Flush(flushToDisk: true);
        }

        return 0;
    });

    private static void KeepTail(FileStream stream, long from, string folder, string name)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Enumerable.Range(1, int.MaxValue).Select(n => Path.Combine(folder, $"{name}.{n}")).First(p => !File.Exists(p));
        using var aside = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Position = from;
        stream.CopyTo(aside);
        aside.Flush(flushToDisk: true);
    }
}
