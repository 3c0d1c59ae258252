using System.Text;

namespace HpcCr.Launcher;

/// <summary>What a plugin has to say for people: its log lines and its standard error, together at most so much in one process.</summary>
/// <param name="name">The plugin.</param>
/// <param name="transcript">Where it goes.</param>
internal sealed class PluginLog(string name, PluginTranscript transcript)
{
    private const int MostBytes = 64 << 10;
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _bytes;

    /// <summary>The last line of its standard error, which mostly says why it has ended.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Logs a line.</summary>
    /// <exception cref="PluginFault">It is one too many.</exception>
    public void Add(string text)
    {
        if (Interlocked.Add(ref _bytes, text.Length + 1) > MostBytes)
            throw new PluginFault($"logged more than {MostBytes >> 10} KiB");
        transcript.Add(PluginText.Printable(text));
    }

    /// <summary>Completes when standard error has been read to its end.</summary>
    public Task ErrorEnded => _errorEnded.Task;

    /// <summary>Reads standard error to its end, on a thread of its own.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="flooded">Told when it is too much; what comes then is thrown away.</param>
    public void Follow(Stream stream, Action<PluginFault> flooded) => new Thread(() =>
    {
        try
        {
            using (stream)
            {
                try
                {
                    Read(stream);
                }
                catch (PluginFault fault)
                {
                    flooded(fault);
                    stream.CopyTo(Stream.Null);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its process is gone.
        }

        _errorEnded.SetResult();
    })
    { IsBackground = true, Name = $"plugin {name} log" }.Start();

    private void Read(Stream stream)
    {
        var buffer = new byte[4096];
        var begun = "";
        while (stream.Read(buffer) is > 0 and var count)
        {
            var lines = (begun + Encoding.UTF8.GetString(buffer, 0, count)).Split('\n');
            // A line without an end is told in pieces.
            begun = lines[^1].Length < buffer.Length ? lines[^1] : "";
            foreach (var line in lines[..(begun.Length > 0 ? ^1 : ^0)].Where(line => line.Length > 0))
                Add(LastError = PluginText.Printable(line));
        }

        if (begun.Length > 0)
            Add(LastError = PluginText.Printable(begun));
    }
}
