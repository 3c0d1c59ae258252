using System.Text.Json;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>The plugin's side of the lines: events become calls of its methods, one after the other.</summary>
/// <param name="plugin">The plugin.</param>
/// <param name="name">Its name.</param>
/// <param name="input">Lines of the launcher.</param>
/// <param name="output">Lines to the launcher.</param>
internal sealed class PluginConversation(ICheckpointPlugin plugin, string name, Stream input, Stream output)
{
    private readonly Lock _writing = new();
    private HostedAttempt _attempt = null!;

    /// <summary>The events whose methods a plugin has.</summary>
    public static IReadOnlyList<string> EventsOf(Type plugin)
    {
        var map = plugin.GetInterfaceMap(typeof(ICheckpointPlugin));
        return
        [
            .. map.InterfaceMethods.Zip(map.TargetMethods).Where(pair => pair.Second.DeclaringType != typeof(ICheckpointPlugin))
                .Select(pair => JsonNamingPolicy.CamelCase.ConvertName(pair.First.Name[..^"Async".Length])),
        ];
    }

    /// <summary>Goes on to the end of the launcher's lines.</summary>
    public async Task RunAsync()
    {
        using var reader = new StreamReader(input);
        var events = Task.CompletedTask;
        while (await reader.ReadLineAsync() is { } text)
        {
            var line = JsonSerializer.Deserialize(text, PluginJson.Default.HostLine)!;
            if (line.Hello is { } hello)
                Greet(hello);
            else if (line.Answer is { } number)
                _attempt.Answered(number, line);
            else
                events = AnswerAfterAsync(events, line);
        }
    }

    /// <summary>Sends a line.</summary>
    public void Send(PluginLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, PluginJson.Default.PluginLine), (byte)'\n'];
        lock (_writing)
        {
            output.Write(bytes);
            output.Flush();
        }
    }

    private void Greet(HostHello hello)
    {
        _attempt = new HostedAttempt(hello, this);
        var version = plugin.GetType().Assembly.GetName().Version?.ToString(3) ?? "";
        Send(new PluginLine { Hello = new PluginHello(PluginApi.Version, name, version, EventsOf(plugin.GetType())) });
    }

    private async Task AnswerAfterAsync(Task before, HostLine line)
    {
        await before;
        await Task.Yield();
        Send(await AnswerAsync(line) with { Id = line.Id });
    }

    private async Task<PluginLine> AnswerAsync(HostLine line)
    {
        using var deadline = new CancellationTokenSource(line.DeadlineMs ?? 0);
        var done = new PluginLine { Ok = true };
        try
        {
            switch (line.Event)
            {
                case PluginEvents.Quiesce:
                    var quiesced = await plugin.QuiesceAsync(_attempt, new QuiesceEvent { Pids = line.Pids ?? [], Connections = line.Connections ?? [], Ends = line.Ends ?? [] }, deadline.Token);
                    return done with { Claims = quiesced.Claims, Ends = quiesced.Ends, EngineDevices = quiesced.EngineDevices };
                case PluginEvents.PreDump:
                    var ready = await plugin.PreDumpAsync(_attempt, new PreDumpEvent { Connections = line.Connections ?? [] }, deadline.Token);
                    return ready.Busy is null ? done with { State = ready.State } : new PluginLine { Busy = ready.Busy, State = ready.State };
                case PluginEvents.PostDump:
                    await plugin.PostDumpAsync(_attempt, deadline.Token);
                    return done;
                case PluginEvents.Resumed:
                    await plugin.ResumedAsync(_attempt, deadline.Token);
                    return done;
                case PluginEvents.PreRestore:
                    await plugin.PreRestoreAsync(_attempt, new PreRestoreEvent { State = line.State }, deadline.Token);
                    return done;
                case PluginEvents.Reconnect:
                    var connected = await plugin.ReconnectAsync(_attempt,
                        new ReconnectEvent { Connection = line.Connection!, Unread = line.Unread ?? [], Unsent = line.Unsent ?? [], State = line.State }, deadline.Token);
                    return done with { Descriptor = connected.Descriptor, Unread = connected.Unread };
                case PluginEvents.Replace:
                    return done with { Descriptor = (await plugin.ReplaceAsync(_attempt, new ReplaceEvent { End = line.End!, State = line.State }, deadline.Token)).Descriptor };
                case PluginEvents.Restored:
                    await plugin.RestoredAsync(_attempt, new RestoredEvent { Pids = line.Pids ?? [], State = line.State }, deadline.Token);
                    return done;
                default:
                    await plugin.AbortedAsync(_attempt, deadline.Token);
                    return done;
            }
        }
        catch (PluginVetoException veto)
        {
            return new PluginLine { Veto = veto.Message, Remedy = veto.Remedy };
        }
        catch (Exception e)
        {
            // As any program that fails: it says why and ends.
            await Console.Error.WriteLineAsync($"{e.GetType().Name}: {e.Message}");
            Environment.Exit(1);
            throw;
        }
    }
}
