namespace Grpc.Core;

public abstract partial class ClientBase
{
    /// <summary>What a client needs to make calls.</summary>
    protected internal sealed class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker callInvoker) => CallInvoker = callInvoker;

        internal CallInvoker CallInvoker { get; }
    }
}
