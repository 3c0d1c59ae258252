using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>Removes epochs so that at every instant each is whole or is none: a rename takes it away, and only then it is deleted.</summary>
/// <param name="syncDirectory">Makes a folder's entries durable.</param>
public sealed class EpochRemover(Action<string> syncDirectory)
{
    /// <summary>Removes a committed epoch. What its job wrote after the cut is kept: it moves to the job's folder.</summary>
    /// <returns>How many bytes it had.</returns>
    public long Remove(EpochEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var folder = Path.GetDirectoryName(entry.Path)!;
        var bytes = BytesOf(entry.Path);
        Directory.Move(entry.Path, Path.Combine(folder, EpochName.Removing(entry.Epoch)));
        syncDirectory(folder);
        Delete(folder, entry.Epoch);
        return bytes;
    }

    /// <summary>Ends what an earlier removal has begun.</summary>
    public void Sweep(string jobFolder)
    {
        if (!Directory.Exists(jobFolder))
            return;
        foreach (var name in Directory.GetDirectories(jobFolder, "*" + EpochName.RemovingSuffix).Select(path => Path.GetFileName(path)))
        {
            if (EpochName.Parse(name[..^EpochName.RemovingSuffix.Length]) is { } epoch)
                Delete(jobFolder, epoch);
        }
    }

    /// <summary>The bytes of all files of an epoch.</summary>
    public static long BytesOf(string epochPath) =>
        new DirectoryInfo(epochPath).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.LinkTarget is null).Sum(file => file.Length);

    private void Delete(string jobFolder, int epoch)
    {
        var removing = Path.Combine(jobFolder, EpochName.Removing(epoch));
        var aside = Path.Combine(removing, JobFolder.WrittenAfter);
        if (Directory.Exists(aside))
        {
            var kept = Directory.CreateDirectory(Path.Combine(jobFolder, JobFolder.WrittenAfter)).FullName;
            var home = Enumerable.Range(0, int.MaxValue).Select(n => Path.Combine(kept, EpochName.Of(epoch) + (n == 0 ? "" : $".{n}"))).First(path => !Directory.Exists(path));
            Directory.Move(aside, home);
            syncDirectory(kept);
            syncDirectory(jobFolder);
        }

        Directory.Delete(removing, recursive: true);
        syncDirectory(jobFolder);
    }
}
