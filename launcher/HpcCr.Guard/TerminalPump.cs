using HpcCr.Linux;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Guard;

/// <summary>The controlling side of the terminal that a restored tree has: what comes out of it goes to a file.</summary>
internal sealed class TerminalPump : IDisposable
{
    private const int BufferBytes = 16384;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly PseudoTerminal _terminal;
    private readonly FileStream _output;
    private volatile bool _idle = true;

    public TerminalPump(PseudoTerminal terminal, SafeFileHandle output)
    {
        _terminal = terminal;
        _output = new FileStream(output, FileAccess.Write, bufferSize: 0);
        new Thread(Run) { IsBackground = true, Name = "terminal" }.Start();
    }

    /// <summary>Waits until all that was written to the terminal is in the file; who writes to it stands still.</summary>
    public async Task SettleAsync(TimeSpan deadline)
    {
        // Twice in a row: between its read and its next step the pump looks idle and is not.
        var quiet = 0;
        for (var waited = TimeSpan.Zero; waited < deadline && quiet < 2; waited += Step)
        {
            quiet = _idle && _terminal.Waiting == 0 ? quiet + 1 : 0;
            await Task.Delay(Step);
        }
    }

    public void Dispose() => _terminal.Dispose();

    private void Run()
    {
        var buffer = new byte[BufferBytes];
        using var input = new FileStream(_terminal.Master, FileAccess.Read, bufferSize: 0);
        using (_output)
        {
            try
            {
                while (true)
                {
                    _idle = true;
                    var count = input.Read(buffer);
                    _idle = false;
                    if (count == 0)
                        return;
                    _output.Write(buffer, 0, count);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                // The last process that had the terminal open is gone.
                _idle = true;
                GuardLog.Write($"the terminal ends: {e.Message}");
            }
        }
    }
}
