namespace HpcCr.Criu;

/// <summary>A descriptor that takes the place of a file in the images.</summary>
/// <param name="Fd">The descriptor in the engine's own table: the caller passed it on when it started the engine.</param>
/// <param name="Key">Which file: a path without the leading slash, `pipe:[inode]`, `socket:[inode]`, or `tty[rdev:dev]`.</param>
public sealed record InheritFd(int Fd, string Key);
