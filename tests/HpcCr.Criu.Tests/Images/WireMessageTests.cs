using Google.Protobuf;
using HpcCr.Criu.Images;
using HpcCr.Criu.Images.Wire;

namespace HpcCr.Criu.Tests.Images;

/// <summary>Messages edited without knowing them, beside Google's decoder.</summary>
public sealed class WireMessageTests
{
    // Field 1 twice, an unknown field 90 of four bytes, a number in more bytes than it needs (field 2), text (field 6).
    private static readonly byte[] Odd = [0x08, 0x05, 0xd5, 0x05, 1, 2, 3, 4, 0x10, 0x87, 0x80, 0x00, 0x32, 2, (byte)'a', (byte)'b', 0x08, 0x07];

    [Fact]
    public void ToArray_OfAnUnchangedMessage_IsWhatWasParsed() => Assert.Equal(Odd, WireMessage.Parse(Odd).ToArray());

    [Fact]
    public void SetVarint_ToTheValueThatIsThere_ChangesNoByte()
    {
        var message = WireMessage.Parse(Odd);
        message.SetVarint(1, 7);
        message.SetVarint(2, 7);
        Assert.Equal(Odd, message.ToArray());
    }

    [Fact]
    public void SetVarint_ChangesThatFieldAlone_WhichThenIsThereOnce()
    {
        var message = WireMessage.Parse(Odd);
        message.SetVarint(1, 300);
        Assert.Equal([0x08, 0xac, 0x02, .. Odd[2..^2]], message.ToArray());
    }

    [Fact]
    public void SetVarint_OfAnAbsentField_PutsItBeforeHigherNumbers()
    {
        var message = WireMessage.Parse(new byte[] { 0x08, 1, 0x32, 0 });
        message.SetVarint(3, 9);
        Assert.Equal([0x08, 1, 0x18, 9, 0x32, 0], message.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0x58, 1, 0x58, 0x80, 0x01 }, new byte[] { 0x58, 5, 0x58, 6 })]
    [InlineData(new byte[] { 0x5a, 3, 1, 0x80, 0x01 }, new byte[] { 0x5a, 2, 5, 6 })]
    public void SetUInt32s_KeepsTheLayout(byte[] before, byte[] after)
    {
        var message = WireMessage.Parse(before);
        Assert.Equal([1u, 128u], message.GetUInt32s(11));
        message.SetUInt32s(11, [1, 128]);
        Assert.Equal(before, message.ToArray());
        message.SetUInt32s(11, [5, 6]);
        Assert.Equal(after, message.ToArray());
    }

    [Fact]
    public void GetMessage_OfARepeatedOne_MergesAsDecodersDo()
    {
        var twice = new byte[] { 0x1a, 2, 0x08, 1, 0x1a, 4, 0x08, 2, 0x10, 3 };
        var expected = FileEntry.Parser.ParseFrom(twice).Regular;
        var merged = WireMessage.Parse(twice).GetMessage(3)!;
        Assert.Equal((expected.Id, expected.Flags), (merged.GetUInt32(1), merged.GetUInt32(2)));
    }

    [Fact]
    public void SetMessage_IsReadByTheOtherDecoder()
    {
        var entry = new FileEntry { Type = 1, Id = 2, Regular = new RegularFileEntry { Id = 3, Name = ByteString.CopyFromUtf8("/a"), Size = 1UL << 40 } };
        var message = WireMessage.Parse(entry.ToByteArray());
        var regular = message.GetMessage(3)!;
        regular.SetVarint(8, 1UL << 63);
        message.SetMessage(3, regular);
        entry.Regular.Size = 1UL << 63;
        Assert.Equal(entry, FileEntry.Parser.ParseFrom(message.ToArray()));
    }

    [Theory]
    [InlineData(new byte[] { 0x08 })]
    [InlineData(new byte[] { 0x08, 0x80 })]
    [InlineData(new byte[] { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 })]
    [InlineData(new byte[] { 0x00, 0x01 })]
    [InlineData(new byte[] { 0x0b, 0x0c })]
    [InlineData(new byte[] { 0x0d, 1, 2, 3 })]
    [InlineData(new byte[] { 0x32, 5, 1 })]
    [InlineData(new byte[] { 0x32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    public void Parse_OfDamage_ThrowsImageFormat(byte[] bytes) => Assert.Throws<ImageFormatException>(() => WireMessage.Parse(bytes));

    [Fact]
    public void Parse_OfMoreFieldsThanAnyMessageHas_IsRefused() =>
        Assert.Throws<ImageFormatException>(() => WireMessage.Parse(Enumerable.Repeat<byte>(8, 2 * (WireMessage.MaximumFields + 1)).ToArray()));

    [Fact]
    public void Parse_OfRandomBytes_ThrowsImageFormatOrKeepsThem()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            try
            {
                Assert.Equal(bytes, WireMessage.Parse(bytes).ToArray());
            }
            catch (ImageFormatException)
            {
                // Refused is as good.
            }
        }
    }
}
