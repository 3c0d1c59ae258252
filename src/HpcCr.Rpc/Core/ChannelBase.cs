namespace Grpc.Core;

/// <summary>A way to one server, over which clients make their calls.</summary>
public abstract class ChannelBase
{
    /// <summary>Names the server.</summary>
    /// <param name="target">The server, for people.</param>
    protected ChannelBase(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    /// <summary>The server, for people.</summary>
    public string Target { get; }

    /// <summary>What makes calls over this channel.</summary>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Ends the channel and its calls.</summary>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>Ends the channel and its calls.</summary>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
