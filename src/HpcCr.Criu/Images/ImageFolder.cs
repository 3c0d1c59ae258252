using Google.Protobuf;

namespace HpcCr.Criu.Images;

/// <summary>Reads whole images of one dump; every error names the image.</summary>
internal static class ImageFolder
{
    public static IReadOnlyList<T> Read<T>(string path, uint magic)
        where T : IMessage, new() =>
        ImageFault.Named<IReadOnlyList<T>>(path, () =>
        {
            using var stream = File.OpenRead(path);
            return [.. ImageFile.ReadEntries(stream, magic).Select(Decode<T>)];
        });

    /// <summary>All images of one type: their entries together.</summary>
    public static IReadOnlyList<T> ReadAll<T>(string folder, string pattern, uint magic)
        where T : IMessage, new() =>
        [.. Paths(folder, pattern).SelectMany(path => Read<T>(path, magic))];

    /// <summary>The images whose names fit.</summary>
    public static IEnumerable<string> Paths(string folder, string pattern) =>
        ImageFault.Named(folder, () => Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal));

    private static T Decode<T>(byte[] entry)
        where T : IMessage, new()
    {
        var message = new T();
        try
        {
            ProtobufReader.Merge(message, entry);
            return message;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new ImageFormatException($"an entry of {entry.Length} bytes is damaged: {e.Message}", e);
        }
    }
}
