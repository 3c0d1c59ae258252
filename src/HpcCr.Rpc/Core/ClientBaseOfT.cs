namespace Grpc.Core;

/// <summary>What every generated client is built on.</summary>
/// <typeparam name="T">The generated client.</typeparam>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>A client without a server, for test doubles that override its methods.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client of that configuration.</summary>
    /// <param name="configuration">What makes its calls.</param>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    /// <summary>A client over a channel.</summary>
    /// <param name="channel">The way to the server.</param>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <summary>A client of that invoker.</summary>
    /// <param name="callInvoker">What makes its calls.</param>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <summary>Makes a client of the same kind.</summary>
    /// <param name="configuration">What makes its calls.</param>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
