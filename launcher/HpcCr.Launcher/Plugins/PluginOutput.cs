using System.Threading.Channels;

namespace HpcCr.Launcher;

/// <summary>A plugin's lines, read on a thread of its own: a pipe cannot be waited for otherwise without holding one of the pool's.</summary>
internal sealed class PluginOutput : IDisposable
{
    /// <summary>The longest line, its end left out.</summary>
    public const int LongestLine = 1 << 20;

    // What is said faster than it is read stays in the pipe, and its writer waits.
    private const int LinesAhead = 16;
    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(LinesAhead);
    private readonly Stream _stream;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">The plugin's standard output.</param>
    /// <param name="name">The plugin's name.</param>
    public PluginOutput(Stream stream, string name)
    {
        _stream = stream;
        new Thread(Read) { IsBackground = true, Name = $"plugin {name}" }.Start();
    }

    /// <summary>The next line.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Null at the end.</returns>
    /// <exception cref="PluginFault">It is longer than any line may be.</exception>
    public async Task<byte[]?> NextAsync(CancellationToken cancellationToken) =>
        await _lines.Reader.WaitToReadAsync(cancellationToken) && _lines.Reader.TryRead(out var line) ? line : null;

    /// <summary>What the plugin says from now on is not heard.</summary>
    /// <param name="fault">Why; told to whoever waits.</param>
    public void Close(PluginFault? fault = null) => _lines.Writer.TryComplete(fault);

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Read()
    {
        var buffer = new byte[4096];
        var filled = 0;
        try
        {
            using (_stream)
            {
                while (_stream.Read(buffer, filled, buffer.Length - filled) is > 0 and var count)
                {
                    filled = Deliver(buffer, filled, filled + count);
                    if (filled == buffer.Length)
                        Array.Resize(ref buffer, filled <= LongestLine ? filled * 2 : throw new PluginFault($"sent a line of more than {LongestLine >> 10} KiB"));
                }
            }

            Close();
        }
        catch (PluginFault fault)
        {
            Close(fault);
        }
        catch (Exception e) when (e is IOException or ChannelClosedException or ObjectDisposedException)
        {
            Close();
        }
    }

    // Hands over all whole lines and moves the rest to the front.
    private int Deliver(byte[] buffer, int searched, int end)
    {
        var begin = 0;
        for (var at = searched; at < end; at++)
        {
            if (buffer[at] != '\n')
                continue;
            _lines.Writer.WriteAsync(buffer[begin..at]).AsTask().GetAwaiter().GetResult();
            begin = at + 1;
        }

        Array.Copy(buffer, begin, buffer, 0, end - begin);
        return end - begin;
    }
}
