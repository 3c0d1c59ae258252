namespace Grpc.Core;

public sealed partial class ServerServiceDefinition
{
    /// <summary>Collects the methods of a service.</summary>
    public sealed class Builder
    {
        private readonly List<Action<ServiceBinderBase>> _methods = [];

        internal Builder()
        {
        }

        /// <summary>Adds a method with one request and one response.</summary>
        /// <typeparam name="TRequest">The message of the caller.</typeparam>
        /// <typeparam name="TResponse">The message of the server.</typeparam>
        /// <param name="method">The method.</param>
        /// <param name="handler">What handles its calls.</param>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        /// <summary>Adds a method with many requests and one response.</summary>
        /// <typeparam name="TRequest">The message of the caller.</typeparam>
        /// <typeparam name="TResponse">The message of the server.</typeparam>
        /// <param name="method">The method.</param>
        /// <param name="handler">What handles its calls.</param>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        /// <summary>Adds a method with one request and many responses.</summary>
        /// <typeparam name="TRequest">The message of the caller.</typeparam>
        /// <typeparam name="TResponse">The message of the server.</typeparam>
        /// <param name="method">The method.</param>
        /// <param name="handler">What handles its calls.</param>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        /// <summary>Adds a method with many requests and many responses.</summary>
        /// <typeparam name="TRequest">The message of the caller.</typeparam>
        /// <typeparam name="TResponse">The message of the server.</typeparam>
        /// <param name="method">The method.</param>
        /// <param name="handler">What handles its calls.</param>
        public Builder AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class
            where TResponse : class => Add(binder => binder.AddMethod(method, handler));

        /// <summary>The service.</summary>
        public ServerServiceDefinition Build() => new([.. _methods]);

        private Builder Add(Action<ServiceBinderBase> method)
        {
            _methods.Add(method);
            return this;
        }
    }
}
