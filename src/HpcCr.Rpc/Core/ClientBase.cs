namespace Grpc.Core;

/// <summary>What every generated client is built on.</summary>
public abstract partial class ClientBase
{
    private readonly CallInvoker? _callInvoker;

    /// <summary>A client without a server, for test doubles that override its methods.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client of that configuration.</summary>
    /// <param name="configuration">What makes its calls.</param>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _callInvoker = configuration.CallInvoker;
    }

    /// <summary>A client over a channel.</summary>
    /// <param name="channel">The way to the server.</param>
    protected ClientBase(ChannelBase channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _callInvoker = channel.CreateCallInvoker();
    }

    /// <summary>A client of that invoker.</summary>
    /// <param name="callInvoker">What makes its calls.</param>
    protected ClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        _callInvoker = callInvoker;
    }

    /// <summary>What makes the calls.</summary>
    protected CallInvoker CallInvoker =>
        _callInvoker ?? throw new InvalidOperationException("this client was made without a channel; override the method that is called");
}
