namespace HpcCr.Criu.Images;

/// <summary>The memory in a dump: pages-N.img, raw pages without a head.</summary>
public static class PagesImage
{
    /// <summary>How much memory the dump holds.</summary>
    /// <param name="folder">The images folder.</param>
    /// <returns>Bytes of pages, of all tasks and shared memory together.</returns>
    public static long SumBytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("pages-*.img").Sum(file => file.Length);
}
