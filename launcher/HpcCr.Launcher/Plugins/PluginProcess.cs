using System.Text.Json;
using HpcCr.Linux;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>One plugin's process, from its greeting to its end. What it does wrong is a <see cref="PluginFault"/>, and nothing of it reaches further.</summary>
internal sealed class PluginProcess : IAsyncDisposable
{
    private const int MostQuestions = 64;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(20);

    private readonly JobCgroup _cgroup;
    private readonly ChildProcess _process;
    private readonly Stream _input;
    private readonly PluginOutput _output;
    private readonly PluginLog _log;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _lastId;
    private bool _isGone;

    private PluginProcess(JobCgroup cgroup, (ChildProcess Process, Stream Input, Stream Output, Stream Error) started, string name, PluginLog log, TimeProvider time)
    {
        (_cgroup, _process, _input, _log, _time) = (cgroup, started.Process, started.Input, log, time);
        _output = new PluginOutput(started.Output, name);
        log.Follow(started.Error, _output.Close);
    }

    /// <summary>The events that it wants to hear of.</summary>
    public IReadOnlySet<string> Events { get; private set; } = new HashSet<string>();

    /// <summary>The process, so that descriptors can be taken from it.</summary>
    public PidFd PidFd => _process.PidFd;

    /// <summary>Starts it and exchanges greetings.</summary>
    /// <param name="launch">What to start.</param>
    /// <param name="hello">The greeting.</param>
    /// <param name="transcript">Where goes what it says to people.</param>
    /// <param name="cancellationToken">Ends it; nothing of it stays.</param>
    /// <param name="time">The clock of its deadlines; the system's by default.</param>
    /// <exception cref="PluginFault">It cannot be started, or does not greet as it must; nothing of it stays.</exception>
    public static async Task<PluginProcess> StartAsync(
        PluginLaunch launch, HostHello hello, PluginTranscript transcript, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var cgroup = JobCgroup.Create(launch.Cgroup);
        PluginProcess? process = null;
        using var patience = new CancellationTokenSource(StartDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            process = new PluginProcess(cgroup, await PluginStart.RunAsync(launch, cgroup, either.Token), launch.Name, new PluginLog(launch.Name, transcript), time);
            await process.SendAsync(new HostLine { Hello = hello }, either.Token);
            process.Take((await process.NextAsync(either.Token)).Hello ?? throw new PluginFault("sent something else before its greeting"), launch.Name);
            return process;
        }
        catch (Exception e)
        {
            if (process is not null)
                await process.KillAsync();
            else
                await EmptyAsync(cgroup);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new PluginFault($"did not greet within {StartDeadline.TotalSeconds:F0} s");
            throw;
        }
    }

    /// <summary>Tells it of an event, and answers its questions until it is done.</summary>
    /// <param name="line">The event.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="exchange">Answers questions.</param>
    /// <param name="cancellationToken">The attempt is given up; what the plugin still says to this event is not heard.</param>
    /// <returns>Its answer: done, busy or a veto.</returns>
    /// <exception cref="PluginFault">It did not answer, or not in these terms. It is to be killed.</exception>
    public async Task<PluginLine> AskAsync(
        HostLine line, TimeSpan deadline, Func<PluginLine, CancellationToken, Task<HostLine>> exchange, CancellationToken cancellationToken)
    {
        var id = ++_lastId;
        List<Task> answering = [];
        using var patience = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await SendAsync(line with { Id = id, DeadlineMs = (int)deadline.TotalMilliseconds }, either.Token);
            while (true)
            {
                var said = await NextAsync(either.Token);
                if (said.Id == id)
                    return said;
                if (said.Ask is not null && answering.Count < MostQuestions)
                    answering.Add(AnswerAsync(said, exchange, either.Token));
                else if (said.Ask is not null)
                    throw new PluginFault($"asked more than {MostQuestions} questions");
                else if (said.Hello is not null || said.Id > id)
                    throw new PluginFault("answered what it was not asked");
                // What it says to an event of before, that event was cancelled.
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PluginFault($"did not answer within {deadline.TotalSeconds:0.###} s");
        }
        finally
        {
            // What it has not waited for ends with the event.
            await either.CancelAsync();
            await Task.WhenAll(answering);
        }
    }

    /// <summary>Ends it at once, with all that it has started.</summary>
    public async Task KillAsync()
    {
        if (_isGone)
            return;
        _isGone = true;
        _process.Kill(Signals.Kill);
        await EmptyAsync(_cgroup);
        await _process.Exited;
        _output.Dispose();
        await _input.DisposeAsync();
        _process.Dispose();
    }

    /// <summary>Lets it end by itself: its standard input is closed. What is left two seconds later is killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isGone)
            return;
        _output.Close();
        try
        {
            await _input.DisposeAsync();
            await _process.Exited.WaitAsync(Farewell, _time);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            // It is ended here.
        }

        await KillAsync();
    }

    private static async Task EmptyAsync(JobCgroup cgroup)
    {
        cgroup.Kill();
        await cgroup.WaitEmptyAsync(KillDeadline);
        cgroup.Remove();
    }

    private void Take(PluginHello hello, string name)
    {
        if (hello.Api != PluginApi.Version)
            throw new PluginFault($"speaks version {hello.Api} of the plugin interface, and this launcher version {PluginApi.Version}");
        if (hello.Name != name)
            throw new PluginFault($"calls itself '{PluginText.Printable(hello.Name)}'");
        if (hello.Events.FirstOrDefault(e => !PluginEvents.Exists(e)) is { } unknown)
            throw new PluginFault($"wants to hear of '{PluginText.Printable(unknown)}', which is no event");
        Events = hello.Events.ToHashSet();
    }

    private async Task<PluginLine> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await _output.NextAsync(cancellationToken) is not { } bytes)
                throw await EndedAsync(cancellationToken);
            var line = PluginLine.Parse(bytes);
            if (line.Log is not { } text)
                return line;
            _log.Add(text);
        }
    }

    private async Task<PluginFault> EndedAsync(CancellationToken cancellationToken)
    {
        var status = await _process.Exited.WaitAsync(cancellationToken);
        // A child of its own may hold the stream.
        await Task.WhenAny(_log.ErrorEnded, Task.Delay(LastWords, _time, cancellationToken));
        return new PluginFault($"ended ({status}){(_log.LastError.Length > 0 ? $", saying '{_log.LastError}'" : "")}");
    }

    private async Task AnswerAsync(PluginLine question, Func<PluginLine, CancellationToken, Task<HostLine>> exchange, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(await exchange(question, cancellationToken) with { Answer = question.Ask }, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or PluginFault)
        {
            // The event is over, or the process: whoever waits for its answer hears of it.
        }
    }

    private async Task SendAsync(HostLine line, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, PluginJson.Default.HostLine);
        if (bytes.Length > PluginOutput.LongestLine)
            throw new PluginFault($"would have to be told more than {PluginOutput.LongestLine >> 10} KiB at once");
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // A plugin that does not read holds this write until it is killed.
            await Task.Run(() => _input.Write([.. bytes, (byte)'\n']), CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw await EndedAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }
}
