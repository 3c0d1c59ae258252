using System.Text;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>What a plugin has to say for people: its log lines and its standard error, together at most so much in one process.</summary>
/// <param name="name">The plugin.</param>
/// <param name="job">The job.</param>
/// <param name="log">The launcher's log.</param>
internal sealed class PluginLog(string name, string job, ILogger log)
{
    private const int MostBytes = 64 << 10;
    private int _bytes;

    /// <summary>The last line of its standard error, which mostly says why it has ended.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Logs a line.</summary>
    /// <exception cref="PluginFault">It is one too many.</exception>
    public void Add(string text)
    {
        if (Interlocked.Add(ref _bytes, text.Length + 1) > MostBytes)
            throw new PluginFault($"logged more than {MostBytes >> 10} KiB");
        log.LogInformation("{Job}: plugin {Plugin}: {Text}", job, name, PluginText.Printable(text));
    }

    /// <summary>Reads standard error to its end, on a thread of its own.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="flooded">Told when it is too much; nothing more is read.</param>
    public void Follow(Stream stream, Action<PluginFault> flooded) => new Thread(() =>
    {
        try
        {
            using (stream)
                Read(stream);
        }
        catch (PluginFault fault)
        {
            flooded(fault);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its process is gone.
        }
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
