namespace HpcCr.Criu.Images;

/// <summary>Every error of an image names the image.</summary>
internal static class ImageFault
{
    /// <summary>Runs what reads or writes the image.</summary>
    /// <exception cref="ImageFormatException">It cannot be read, or is damaged.</exception>
    public static T Named<T>(string path, Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw new ImageFormatException($"{path}: {e.Message}", e);
        }
    }
}
