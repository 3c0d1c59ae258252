namespace HpcCr.Hosting;

/// <summary>Folders that only a daemon's user may look into.</summary>
public static class PrivateFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes it, or makes one that is there private.</summary>
    /// <param name="path">The folder.</param>
    public static void Make(string path)
    {
        Directory.CreateDirectory(path, Private);
        if (File.GetUnixFileMode(path) != Private)
            File.SetUnixFileMode(path, Private);
    }
}
