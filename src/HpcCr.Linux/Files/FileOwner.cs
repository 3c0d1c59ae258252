namespace HpcCr.Linux;

/// <summary>Who owns a file (lchown(2)).</summary>
public static class FileOwner
{
    /// <summary>Gives a file, folder or symbolic link (itself, not what it points to) to a user.</summary>
    /// <param name="path">What to give.</param>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The group.</param>
    /// <exception cref="LinuxException">EPERM: needs CAP_CHOWN; ENOENT.</exception>
    public static void Set(string path, uint uid, uint gid) => FileApi.SetOwner(path, uid, gid);
}
