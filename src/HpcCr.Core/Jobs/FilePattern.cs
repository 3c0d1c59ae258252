namespace HpcCr.Core;

/// <summary>
/// A pattern of paths: <c>*</c> and <c>?</c> stand for characters of one name, a name <c>**</c> for any number of folders, all others for
/// themselves.
/// </summary>
public static class FilePattern
{
    /// <summary>The name that stands for any number of folders.</summary>
    public const string AnyFolders = "**";

    /// <summary>Makes a pattern absolute, or refuses it.</summary>
    /// <param name="text">The pattern as it was written.</param>
    /// <param name="folder">What it is relative to, absolute.</param>
    /// <exception cref="HpcCrException">It is empty, or names a folder (usage).</exception>
    public static string Parse(string text, string folder)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0') || text.Split('/')[^1] is "" or "." or "..")
        {
            throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(text)}' of --capture is no pattern of files",
                "Write a path, in which * and ? stand for characters of a name and ** for any folders, such as 'results/**/*.h5'.");
        }

        return Path.GetFullPath(Path.Combine(folder, text));
    }

    /// <summary>Whether a name of a pattern stands for others than itself.</summary>
    public static bool IsWild(string name) => name.AsSpan().ContainsAny('*', '?');
}
