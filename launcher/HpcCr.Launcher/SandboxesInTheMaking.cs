using System.Collections.Concurrent;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>Sandboxes that are being made and are nobody's yet: what is to end them would find nothing, and they would come after it.</summary>
internal sealed class SandboxesInTheMaking
{
    private readonly ConcurrentDictionary<(JobId Job, string Sandbox), Making> _all = new();

    /// <summary>Makes one, on another thread; known from the call on.</summary>
    public async Task<Reply> RunAsync(Command command, Func<CancellationToken, Task<Reply>> make, CancellationToken cancellationToken)
    {
        var making = new Making(CancellationTokenSource.CreateLinkedTokenSource(cancellationToken), new(TaskCreationOptions.RunContinuationsAsynchronously));
        var key = (command.JobId(), command.Sandbox);
        _all[key] = making;
        try
        {
            return await Task.Run(() => make(making.Cancel.Token), CancellationToken.None);
        }
        finally
        {
            _all.TryRemove(new(key, making));
            making.Done.SetResult();
        }
    }

    /// <summary>Cancels the one that a command is to end, and waits until it is either whole or gone.</summary>
    public async Task EndAsync(Command command)
    {
        if (!_all.TryGetValue((command.JobId(), command.Sandbox), out var making))
            return;
        await making.Cancel.CancelAsync();
        await making.Done.Task;
    }

    private sealed record Making(CancellationTokenSource Cancel, TaskCompletionSource Done);
}
