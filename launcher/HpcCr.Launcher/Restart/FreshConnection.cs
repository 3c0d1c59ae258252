using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>One connection that a plugin has opened in the place of an old one.</summary>
/// <param name="record">The old one.</param>
/// <param name="socket">Our copy of the plugin's socket.</param>
/// <param name="unread">What the job is to read first; null: what it had not read.</param>
internal sealed class FreshConnection(ConnectionRecord record, OwnConnection socket, byte[]? unread) : IDisposable
{
    private bool _isSilent;

    /// <summary>Whether the images have it, so that it must end here without a word.</summary>
    public bool IsMoved { get; set; }

    /// <summary>Its packets are held back: writes its state into the copy of the images, and silences it.</summary>
    /// <exception cref="LinuxException">It has ended meanwhile.</exception>
    /// <exception cref="ImageFormatException">The images are damaged.</exception>
    public void MoveInto(string images)
    {
        _isSilent = true;
        var state = socket.Take();
        TcpStreamImage.Rewrite(images, record.Inode, old => new TcpStreamContents(
            Numbers(old.Numbers, state), (byte[])[.. unread is null ? old.Received.Span : unread, .. state.Received], state.Sent));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (_isSilent && !IsMoved)
                socket.GiveBack();
        }
        catch (LinuxException)
        {
            // It has ended, and its peer with it.
        }

        socket.Dispose();
    }

    private static TcpStreamEntry Numbers(TcpStreamEntry old, TcpSnapshot state) => old with
    {
        ReceiveSequence = state.ReceiveSequence,
        SendSequence = state.SendSequence,
        UnsentLength = state.Unsent,
        OptionMask = state.Options,
        MaximumSegment = state.MaximumSegment,
        SendWindowScale = state.SendWindowScale,
        ReceiveWindowScale = state.ReceiveWindowScale,
        Timestamp = state.Timestamp,
        SendWindowUpdate = state.Windows[0],
        SendWindow = state.Windows[1],
        MaximumWindow = state.Windows[2],
        ReceiveWindow = state.Windows[3],
        ReceiveWindowUpdate = state.Windows[4],
    };
}
