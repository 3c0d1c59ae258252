namespace HpcCr.Linux;

/// <summary>
/// Names in /proc of files that have lost theirs: the kernel adds <c> (deleted)</c>. A file may also be called so.
/// </summary>
public static class DeletedName
{
    /// <summary>What the kernel adds.</summary>
    public const string Mark = " (deleted)";

    /// <summary>Whether a file has lost the name that /proc gives for it.</summary>
    /// <param name="pid">The process that has the file.</param>
    /// <param name="target">The file as /proc names it.</param>
    /// <param name="link">The link in /proc that leads to it.</param>
    public static bool Is(int pid, string target, string link)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.EndsWith(Mark, StringComparison.Ordinal)
            && !(target.StartsWith('/') && FileFacts.Of($"/proc/{pid}/root{target}") is { } there && FileFacts.Of(link) is { } held
                && there.Inode == held.Inode && there.FileSystem == held.FileSystem);
    }

    /// <summary>The name without the mark, of a file that has lost it.</summary>
    /// <param name="target">The file as /proc names it.</param>
    public static string Of(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.EndsWith(Mark, StringComparison.Ordinal) ? target[..^Mark.Length] : target;
    }
}
