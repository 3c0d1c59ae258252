using HpcCr.Criu.Images;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests.Images;

public sealed class TerminalsImageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    // Number, type, three flags, session 42, group 43, device; then a field that only the engine knows.
    private static readonly byte[] Entry = [0x08, 0x01, 0x10, 0x06, 0x18, 0x00, 0x20, 0x00, 0x28, 0x00, 0x30, 0x2a, 0x38, 0x2b, 0x40, 0x07, 0x70, 0x05];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LeaveSession_TakesTheSessionOut_AndKeepsTheRest()
    {
        var path = Write();
        Assert.Equal(1, TerminalsImage.LeaveSession(Path.GetDirectoryName(path)!, 42));
        var entry = Assert.Single(ImageFile.ReadEntries(new MemoryStream(File.ReadAllBytes(path)), ImageMagic.Terminals));
        // Zero is written out: the engine insists on the fields.
        Assert.Equal([.. Entry.Select(b => b is 0x2a or 0x2b ? (byte)0 : b).Order()], entry.Order());
    }

    [Fact]
    public void LeaveSession_OfAnotherSession_ChangesNothing()
    {
        var path = Write();
        var before = File.ReadAllBytes(path);
        Assert.Equal(0, TerminalsImage.LeaveSession(Path.GetDirectoryName(path)!, 41));
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void LeaveSession_WithoutTerminals_DoesNothing() => Assert.Equal(0, TerminalsImage.LeaveSession(_folder.Fresh("none"), 42));

    private string Write()
    {
        var path = Path.Combine(_folder.Fresh("images"), "tty-info.img");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(ImageMagic.Common), .. BitConverter.GetBytes(ImageMagic.Terminals), .. BitConverter.GetBytes(Entry.Length), .. Entry]);
        return path;
    }
}
