using System.Net;
using System.Net.Sockets;

namespace HpcCr.Criu.Images;

/// <summary>The IPv4 and IPv6 sockets of a dump, in files.img.</summary>
public static class InetSocketsImage
{
    /// <summary>Lists them.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <returns>One entry per socket, in the order of files.img.</returns>
    /// <exception cref="ImageFormatException">The image is missing, damaged or truncated.</exception>
    public static IReadOnlyList<InetSocket> Read(string imagesFolder)
    {
        var path = PathIn(imagesFolder);
        return ImageFault.Named<IReadOnlyList<InetSocket>>(path, () =>
        {
            using var stream = File.OpenRead(path);
            return
            [
                .. ImageFile.ReadEntries(stream, ImageMagic.Files)
                    .Select(entry => InetSocketEntry.Read(WireMessage.Parse(entry)))
                    .OfType<InetSocket>(),
            ];
        });
    }

    /// <summary>Gives sockets other addresses, ports, states or keepalive flags; all other bytes of files.img stay as they are.</summary>
    /// <param name="imagesFolder">The images folder, which belongs to the caller alone; files.img is replaced as a whole.</param>
    /// <param name="change">
    /// From each socket to what it shall be. Only <see cref="InetSocket.Source"/>, <see cref="InetSocket.Destination"/>, <see cref="InetSocket.State"/> (of TCP connections, together with
    /// their tcp-stream image) and <see cref="InetSocket.KeepAlive"/> may differ, and addresses stay in the socket's family.
    /// </param>
    /// <returns>How many sockets were changed; with none the file is not touched.</returns>
    /// <exception cref="ImageFormatException">The image is missing, damaged or truncated; nothing was changed.</exception>
    /// <exception cref="ArgumentException">Something else was changed; the file is as it was.</exception>
    public static int Rewrite(string imagesFolder, Func<InetSocket, InetSocket> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var path = PathIn(imagesFolder);
        var document = ImageDocument.Read(path, ImageMagic.Files);
        var changed = 0;
        for (var i = 0; i < document.Entries.Count; i++)
        {
            if (Changed(path, document.Entries[i], change) is not { } entry) continue;
            document.Entries[i] = entry;
            changed++;
        }

        if (changed > 0) document.Replace(path);
        return changed;
    }

    private static ImageEntry? Changed(string path, ImageEntry entry, Func<InetSocket, InetSocket> change)
    {
        var file = ImageFault.Named(path, () => WireMessage.Parse(entry.Message));
        var before = ImageFault.Named(path, () => InetSocketEntry.Read(file));
        if (before is null || change(before) is var after && after == before) return null;
        if (after with { Source = before.Source, Destination = before.Destination, State = before.State, KeepAlive = before.KeepAlive } != before)
            throw new ArgumentException($"socket {before.Id} was given more than other ends, another state and another keepalive flag", nameof(change));
        if (after.State != before.State && !before.IsTcpConnection)
            throw new ArgumentException($"socket {before.Id} is no TCP connection and was given another state", nameof(change));
        if (!InFamily(after.Source, before.Family) || !InFamily(after.Destination, before.Family))
            throw new ArgumentException($"socket {before.Id} was given an address of another family", nameof(change));
        InetSocketEntry.Write(file, after);
        return entry.With(file);
    }

    private static bool InFamily(IPEndPoint end, AddressFamily family) => end.AddressFamily == family;

    private static string PathIn(string imagesFolder) => Path.Combine(imagesFolder, "files.img");
}
