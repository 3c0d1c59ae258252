using System.Buffers.Binary;
using Google.Protobuf;
using HpcCr.Criu.Images.Wire;

namespace HpcCr.Criu.Images;

/// <summary>The terminals of a dump.</summary>
public static class TerminalsImage
{
    private const string FileName = "tty-info.img";

    /// <summary>
    /// Has the terminals of a session be nobody's controlling terminal. That of a session that was led from outside the dumped tree
    /// cannot be put back: the engine would look for its leader.
    /// </summary>
    /// <param name="folder">The images folder; the image is replaced as a whole.</param>
    /// <param name="session">The session.</param>
    /// <returns>How many terminals that were.</returns>
    /// <exception cref="ImageFormatException">The image is damaged or truncated.</exception>
    public static int LeaveSession(string folder, int session)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return 0;
        var terminals = ImageFolder.Read<TerminalEntry>(path, ImageMagic.Terminals);
        var left = terminals.Where(terminal => terminal.Session == session).ToList();
        foreach (var terminal in left)
            (terminal.Session, terminal.Group) = (0, 0);
        if (left.Count > 0)
            Write(path, terminals);
        return left.Count;
    }

    private static void Write(string path, IEnumerable<TerminalEntry> terminals)
    {
        using var image = new MemoryStream();
        WriteNumber(image, ImageMagic.Common);
        WriteNumber(image, ImageMagic.Terminals);
        foreach (var entry in terminals.Select(terminal => terminal.ToByteArray()))
        {
            WriteNumber(image, (uint)entry.Length);
            image.Write(entry);
        }

        var fresh = path + ".new";
        File.WriteAllBytes(fresh, image.ToArray());
        File.Move(fresh, path, overwrite: true);
    }

    private static void WriteNumber(Stream stream, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        stream.Write(bytes);
    }
}
