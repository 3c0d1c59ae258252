using System.Diagnostics;
using HpcCr.Core;
using HpcCr.Plugins;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Launcher;

/// <summary>One plugin of one sandbox in one attempt: its process, and what its failures cost.</summary>
/// <param name="plugin">The plugin.</param>
/// <param name="job">The sandbox.</param>
/// <param name="hello">How it is greeted.</param>
internal sealed class JobPlugin(FoundPlugin plugin, LocalJob job, HostHello hello)
{
    private readonly SemaphoreSlim _events = new(1, 1);
    private readonly PluginTranscript _transcript = new(job, plugin.Name);
    private PluginProcess? _process;
    private IReadOnlySet<string>? _wanted;

    /// <summary>Its name.</summary>
    public string Name => plugin.Name;

    /// <summary>Devices that it sees to.</summary>
    public IReadOnlyList<string> Devices => plugin.Description.Devices;

    /// <summary>Whether it has failed, and takes no more part.</summary>
    public bool IsOut { get; private set; }

    /// <summary>What it wants a restart to know.</summary>
    public string? State { get; set; }

    /// <summary>Whether it takes part in an event, as far as is known.</summary>
    public bool Wants(string name) => !IsOut && _wanted?.Contains(name) != false;

    /// <summary>Starts its process.</summary>
    /// <exception cref="HpcCrException">It failed, and that costs the attempt.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _process = await PluginProcess.StartAsync(Launch(), hello, _transcript, cancellationToken);
            _wanted = _process.Events;
        }
        catch (PluginFault fault)
        {
            IsOut = true;
            Judge(fault, "its start");
        }
    }

    /// <summary>Tells it of an event.</summary>
    /// <param name="line">The event.</param>
    /// <param name="cancellationToken">The attempt is given up.</param>
    /// <param name="check">What else an answer must be; throws a <see cref="PluginFault"/>.</param>
    /// <returns>Its answer; null when it does not take part.</returns>
    /// <exception cref="HpcCrException">It vetoes (unsupported), or it failed and that costs the attempt.</exception>
    public async Task<PluginLine?> AskAsync(HostLine line, CancellationToken cancellationToken, Action<PluginLine>? check = null)
    {
        await _events.WaitAsync(cancellationToken);
        try
        {
            if (_process is null || !Wants(line.Event!))
                return null;
            var began = Stopwatch.GetTimestamp();
            var answer = await _process.AskAsync(line, plugin.Description.DeadlineOf(line.Event!), (question, token) => AnswerAsync(question, line.Event!, token), cancellationToken);
            if (answer.Busy is not null && line.Event != PluginEvents.PreDump)
                throw new PluginFault("said that it is busy, which it may only at preDump");
            check?.Invoke(answer);
            _transcript.Add($"{line.Event}: {Summary(answer)}, {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms");
            return answer.Veto is { } reason
                ? throw new HpcCrException(FailureKind.Unsupported, $"plugin {Name} on {job.Options.Node} refuses at {line.Event}: {PluginText.Printable(reason)}",
                    answer.Remedy is { Length: > 0 } remedy ? PluginText.Printable(remedy) : $"Run the job without {Name}, or see to what it says.")
                : answer;
        }
        catch (PluginFault fault)
        {
            IsOut = true;
            await _process!.KillAsync();
            Judge(fault, line.Event!);
            return null;
        }
        finally
        {
            _events.Release();
        }
    }

    /// <summary>Tells it of what can be changed no more: failures and vetoes are only logged.</summary>
    /// <param name="line">The event.</param>
    public async Task TellAsync(HostLine line)
    {
        try
        {
            // In a restart its first process has ended by now. One that never greeted knows of nothing that could end.
            if (_process is null && _wanted is not null && Wants(line.Event!))
                await StartAsync(CancellationToken.None);
            await AskAsync(line, CancellationToken.None);
        }
        catch (HpcCrException e)
        {
            job.Log.LogWarning("{Job}: {What}", job.Spec.Name, e.Message);
        }
    }

    /// <summary>Asks it for a new connection.</summary>
    /// <exception cref="HpcCrException">It gave none: whatever its policy, the job cannot go on without.</exception>
    public async Task<ReconnectResult> ReconnectAsync(ReconnectEvent reconnect, CancellationToken cancellationToken)
    {
        var what = $"{reconnect.Connection.Local} to {reconnect.Connection.Remote}";
        var answer = await AskAsync(new HostLine
        {
            Event = PluginEvents.Reconnect,
            Connection = reconnect.Connection,
            Unread = reconnect.Unread,
            Unsent = reconnect.Unsent,
            State = State,
        }, cancellationToken);
        return new ReconnectResult(Taken(answer, what, PluginEvents.Reconnect), answer?.Unread);
    }

    /// <summary>Asks it for what takes the place of a unix socket or a pipe.</summary>
    /// <returns>Our copy, to be disposed by the caller.</returns>
    /// <exception cref="HpcCrException">As for <see cref="ReconnectAsync"/>.</exception>
    public async Task<SafeFileHandle> ReplaceAsync(ReplaceEvent replace, CancellationToken cancellationToken) =>
        Taken(await AskAsync(new HostLine { Event = PluginEvents.Replace, End = replace.End, State = State }, cancellationToken), replace.End.Id, PluginEvents.Replace);

    /// <summary>Ends its process; a further one may be started.</summary>
    public async Task EndAsync()
    {
        if (_process is { } process)
            await process.DisposeAsync();
        _process = null;
        _transcript.Write();
    }

    private SafeFileHandle Taken(PluginLine? answer, string what, string name)
    {
        if (answer?.Descriptor is not { } descriptor)
        {
            throw new HpcCrException(FailureKind.Failed, $"plugin {Name} on {job.Options.Node} gave nothing in place of {what} at {name}",
                "Nothing of the job was started.");
        }

        try
        {
            return _process!.PidFd.GetFd(descriptor);
        }
        catch (Linux.LinuxException e)
        {
            throw new HpcCrException(FailureKind.Failed, $"plugin {Name} on {job.Options.Node} gave descriptor {descriptor} in place of {what}, which it does not have ({e.Message})",
                $"A plugin answers {name} with the number of an open descriptor of its own process.");
        }
    }

    private Task<HostLine> AnswerAsync(PluginLine question, string name, CancellationToken cancellationToken) =>
        question.Run is { } command ? JobCommand.AnswerAsync(job, command, name, cancellationToken) : job.Questions.AnswerAsync(job, hello, Name, question, cancellationToken);

    private static string Summary(PluginLine answer) =>
        answer.Veto is not null ? "refuses" : answer.Busy is { } why ? $"busy ({PluginText.Printable(why)})" : answer.Claims is { Count: > 0 } claims ? $"claims {claims.Count}" : "done";

    private void Judge(PluginFault fault, string name)
    {
        var what = $"plugin {Name} on {job.Options.Node} {fault.Message} at {name}";
        _transcript.Add($"{name}: {fault.Message}");
        if (plugin.Description.OnFailure == PluginFailurePolicy.Abort)
            throw new HpcCrException(FailureKind.Failed, what, $"{Path.Combine(job.Spec.Folder, JobFolder.PluginLog)} has what it said. Run the job without {Name}, or with \"onFailure\": \"warn\" in its {PluginDescription.FileName}.");
        job.Log.LogWarning("{Job}: {What}; it takes no more part in this attempt", job.Spec.Name, what);
    }

    private PluginLaunch Launch()
    {
        var isRoot = plugin.RunsAsRoot;
        var uid = isRoot ? 0 : job.Spec.Uid;
        var gid = isRoot ? 0 : job.Spec.Gid;
        return new PluginLaunch
        {
            Name = Name,
            Argv = plugin.Argv(),
            Environment = PluginEnvironment.Of(job, uid),
            Folder = plugin.Folder,
            Uid = uid,
            Gid = gid,
            Groups = isRoot ? [0] : Linux.UserDatabase.Groups(uid, gid),
            // A program of the user's own may take no more than their job.
            Limits = plugin.IsInstalled ? [] : job.Spec.Limits,
            Cgroup = LocalJobs.PluginCgroupOf(job, Name),
            EntryFile = Path.Combine(job.Layout.Root, $"plugin-{Name}"),
        };
    }
}
