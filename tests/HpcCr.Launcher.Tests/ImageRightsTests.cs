using System.Buffers.Binary;
using HpcCr.Criu.Images;

namespace HpcCr.Launcher.Tests;

/// <summary>Images written by hand: real ones are in the system tests.</summary>
public sealed class ImageRightsTests : IDisposable
{
    private const uint Full = uint.MaxValue;
    private readonly string _images = Directory.CreateTempSubdirectory("hpccr-rights-").FullName;

    public void Dispose() => Directory.Delete(_images, recursive: true);

    [Fact]
    public void FaultOf_WhatAnOrdinaryUserHas_IsNone()
    {
        Core(1, Credentials());
        Core(27, Credentials());
        Ghost(1000, 1000, 0x81a4);

        Assert.Null(ImageRights.FaultOf(TestNode.Spec(), _images));
    }

    [Theory]
    [InlineData(1, "has user 0")]
    [InlineData(3, "has user 0")]
    [InlineData(5, "has user 0")]
    [InlineData(7, "has user 0")]
    [InlineData(2, "has group 0")]
    [InlineData(4, "has group 0")]
    [InlineData(6, "has group 0")]
    [InlineData(8, "has group 0")]
    public void FaultOf_RootInAnyPlace_NamesTheThread(int field, string expected)
    {
        Core(1, Credentials());
        Core(4711, Credentials(message => message.SetVarint(field, 0)));

        Assert.Equal($"thread 4711 {expected}", ImageRights.FaultOf(TestNode.Spec(), _images));
        Assert.Null(ImageRights.FaultOf(TestNode.Spec(uid: 0), _images));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(19)]
    public void FaultOf_ACapability_IsOne(int field)
    {
        Core(1, Credentials(message => message.SetUInt32s(field, [0, 1])));

        Assert.Equal("thread 1 has capabilities", ImageRights.FaultOf(TestNode.Spec(), _images));
    }

    [Fact]
    public void FaultOf_AGroupOfOthers_IsOne()
    {
        Core(1, Credentials(message => message.SetUInt32s(14, [1000, 4])));

        Assert.Equal("thread 1 has group 4", ImageRights.FaultOf(TestNode.Spec(), _images));
    }

    [Fact]
    public void FaultOf_AThreadWithoutCredentials_IsOne()
    {
        Core(1, null);

        Assert.Contains("says nothing of the thread's credentials", ImageRights.FaultOf(TestNode.Spec(), _images), StringComparison.Ordinal);
    }

    [Fact]
    public void FaultOf_AProcessThatHasEnded_IsNone()
    {
        var (core, task) = (WireMessage.Parse(Array.Empty<byte>()), WireMessage.Parse(Array.Empty<byte>()));
        task.SetVarint(1, 2);
        core.SetVarint(1, 1);
        core.SetMessage(3, task);
        Write("core-5.img", ImageMagic.Core, core);

        Assert.Null(ImageRights.FaultOf(TestNode.Spec(), _images));
    }

    [Theory]
    [InlineData(0, 1000, 0x81a4, "belongs to user 0")]
    [InlineData(1000, 0, 0x81a4, "belongs to group 0")]
    [InlineData(1000, 1000, 0x61b0, "is a device")]
    [InlineData(1000, 1000, 0x21b0, "is a device")]
    public void FaultOf_AGhostFileOfSomebodyElse_IsOne(uint uid, uint gid, uint mode, string expected)
    {
        Core(1, Credentials());
        Ghost(uid, gid, mode);

        Assert.Equal($"the deleted file in ghost-file-1.img {expected}", ImageRights.FaultOf(TestNode.Spec(), _images));
    }

    // Everything may be in the bounding set (field 12): it gives nothing by itself.
    private static WireMessage Credentials(Action<WireMessage>? change = null)
    {
        var message = WireMessage.Parse(Array.Empty<byte>());
        for (var field = 1; field <= 8; field++)
            message.SetVarint(field, 1000);
        message.SetUInt32s(10, [0, 0]);
        message.SetUInt32s(12, [Full, Full]);
        message.SetUInt32s(14, [1000]);
        change?.Invoke(message);
        return message;
    }

    private void Core(int thread, WireMessage? credentials)
    {
        var (core, part) = (WireMessage.Parse(Array.Empty<byte>()), WireMessage.Parse(Array.Empty<byte>()));
        part.SetVarint(1, 0);
        if (credentials is not null)
            part.SetMessage(10, credentials);
        core.SetVarint(1, 1);
        core.SetMessage(5, part);
        Write($"core-{thread}.img", ImageMagic.Core, core);
    }

    private void Ghost(uint uid, uint gid, uint mode)
    {
        var message = WireMessage.Parse(Array.Empty<byte>());
        message.SetVarint(1, uid);
        message.SetVarint(2, gid);
        message.SetVarint(3, mode);
        Write("ghost-file-1.img", ImageMagic.GhostFile, message, "contents"u8);
    }

    private void Write(string name, uint magic, WireMessage message, ReadOnlySpan<byte> contents = default)
    {
        var body = message.ToArray();
        var head = new byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(head, ImageMagic.Common);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), magic);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), (uint)body.Length);
        File.WriteAllBytes(Path.Combine(_images, name), [.. head, .. body, .. contents]);
    }
}
