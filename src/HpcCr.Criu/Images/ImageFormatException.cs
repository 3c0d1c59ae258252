namespace HpcCr.Criu.Images;

/// <summary>An image is damaged, truncated, or not of the kind it should be.</summary>
/// <param name="message">What, and where in the file.</param>
/// <param name="innerException">The decoder's error, if there was one.</param>
public sealed class ImageFormatException(string message, Exception? innerException = null) : Exception(message, innerException);
